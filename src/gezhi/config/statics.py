"""Static files under names with their hash, compressed once: browsers keep them for a year."""

import os
from pathlib import Path
from typing import Final

import click

from gezhi.lib.command import pure

MANIFEST: Final = "staticfiles.json"
PLAIN: Final = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED: Final = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def is_built(root: Path, source: Path) -> bool:
    """Whether `root` holds what was collected after the last change of `source`. While it does not, files are
    served as they lie in `source`."""
    manifest = root / MANIFEST
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    return all(path.stat().st_mtime <= made for path in source.rglob("*") if path.is_file())


@pure
@click.command()
def static() -> None:
    """Collect, hash and compress the static files (`make setup` does this)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}
    django.setup()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    files = [path for path in Path(settings.STATIC_ROOT).rglob("*") if path.is_file()]
    click.echo(f"setup: {len(files)} static files")
