"""A published pack whose one category asks the form of the reference page, with a report and with a step."""

from pathlib import Path
from typing import Final

from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests.packs.forms import PAGE
from tests.packs.small import FILES, write

FIRE: Final = "smoke"
_CATEGORY: Final = """\
  - {key: smoke, kind: local, code: "90001", name: {zh: 冒烟的房屋, en: Smoking building}, words: [冒烟],
     group: street, procedure: short, function: municipal, limits: normal, form: smoking-building}
"""
_STEP: Final = """\
  - key: note
    title: {zh: 记录现场, en: Note the scene}
    done: {zh: 已记录现场, en: Scene noted}
    kind: correct
    from: [open, work]
    by: [dispatcher, grid-worker]
    needs: [form]
    form: smoking-building
"""
_ELEMENTS: Final = """\
elements:
  - {key: house-storeys, title: {zh: 层数, en: Storeys}, about: house, purpose: {zh: 消防, en: Fire safety}}
"""


def files() -> dict[str, str]:
    form = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    procedure = FILES["procedures/short.yaml"].replace("  - key: finish\n", _STEP + "  - key: finish\n", 1)
    plain = {
        **{name: text for name, text in FILES.items() if not name.startswith("procedures/")},
        "pack.yaml": FILES["pack.yaml"]
        .replace("name: small", "name: asking")
        .replace("fallback: lamp\n", ""),
        "categories.yaml": FILES["categories.yaml"] + _CATEGORY,
        "procedures/asked-short.yaml": procedure,
        "forms/smoking-building.yaml": form,
        "plans.yaml": _ELEMENTS,
    }
    return {name: _own(text) for name, text in plain.items()}


def _own(text: str) -> str:
    """Keys that no other pack holds."""
    for key in ("municipal", "handling", "rating", "received", "short", "lamp", "hole", "street"):
        text = text.replace(key, f"asked-{key}")
    return text


def publish_asking(folder: Path) -> None:
    publish(read_pack(write(folder, files())))
