"""A pack written back as files that load to the same digest. Pure."""

import yaml

from gezhi.packs.content import content_of
from gezhi.packs.files import CHANGELOG
from gezhi.packs.shapes import Pack

_FILES = {
    "functions.yaml": ("functions",),
    "categories.yaml": ("groups", "categories"),
    "parameters/parameters.yaml": ("parameters",),
    "messages/messages.yaml": ("messages",),
    "closings.yaml": ("closings",),
    "rules/rules.yaml": ("rules",),
    "indicators/indicators.yaml": ("indicators", "appraisals"),
    "plans.yaml": ("elements", "plans"),
    "warnings.yaml": ("warnings",),
    "monitors.yaml": ("monitors",),
    "things.yaml": ("things",),
    "hazards.yaml": ("hazards",),
    "tests/situations.yaml": ("situations",),
    "tests/readings/recordings.yaml": ("recordings",),
}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def files_of(pack: Pack) -> dict[str, str]:
    """Path inside the folder -> text."""
    content = content_of(pack)
    files = {"pack.yaml": _yaml(content["manifest"]), CHANGELOG: _changelog(pack)}
    for name, sections in _FILES.items():
        if any(section in content for section in sections):
            files[name] = _yaml({section: content.get(section, []) for section in sections})
    for section in ("procedures", "forms", "documents"):
        for one in getattr(pack, section):
            dumped = one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            files[f"{section}/{one.key}.yaml"] = _yaml(dumped)
    for overlay in pack.overlays:
        dumped = overlay.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        files[f"overlays/{overlay.pack}.yaml"] = _yaml(dumped)
    return files


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _changelog(pack: Pack) -> str:
    manifest = pack.manifest
    return f"# {manifest.title.en}\n\n## {manifest.version}\n- As published, digest {pack.digest}.\n"
