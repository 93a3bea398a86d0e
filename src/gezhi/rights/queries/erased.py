"""The list of erased ids: a file for each erasing beside the database, so that an older copy of the database cannot
bring back what was erased since. They hold ids and instants, nothing of anybody, and are never changed, so that
whatever follows the folder copies each at once."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from gezhi.rights.models import Erasure


def list_folder() -> Path:
    return Path(settings.DATA_DIR) / "rights" / "erased"


def line_path(erasure: Erasure) -> Path:
    return list_folder() / f"{erasure.at:%Y%m%dT%H%M%S%f}-{erasure.pk}.json"


def listed(folder: Path | None = None) -> Iterator[str]:
    """Its lines, oldest first; none where nothing was erased yet."""
    found = folder or list_folder()
    for path in sorted(found.glob("*.json")) if found.is_dir() else ():
        yield path.read_text(encoding="utf-8")
