"""Every key, kind, need and effect of a pack is described."""

import inspect
import re
from enum import StrEnum

from gezhi.packs import shapes
from tests.house.tree import ROOT

PAGE = ROOT / "docs/reference/pack-keys.md"
LISTS: tuple[type[StrEnum], ...] = (shapes.Kind, shapes.Need, shapes.Effect, shapes.Stage)
COMPUTED = {"Pack"}  # a pack as a whole is a folder, not a file


def words_in(text: str) -> set[str]:
    return set(re.findall(r"`([A-Za-z_-]+)`", text))


def keys_of(shape: type[shapes.Shape]) -> set[str]:
    return {field.alias or name for name, field in shape.model_fields.items()}


def all_shapes() -> list[type[shapes.Shape]]:
    return [
        shape
        for name, shape in inspect.getmembers(shapes, inspect.isclass)
        if issubclass(shape, shapes.Shape) and shape is not shapes.Shape and name not in COMPUTED
    ]


def test_every_key_is_described() -> None:
    described = words_in(PAGE.read_text(encoding="utf-8"))
    missing = {shape.__name__: sorted(keys_of(shape) - described) for shape in all_shapes()}
    assert not {name: keys for name, keys in missing.items() if keys}


def test_every_kind_need_and_effect_is_described() -> None:
    described = words_in(PAGE.read_text(encoding="utf-8"))
    missing = {listed.__name__: sorted({item.value for item in listed} - described) for listed in LISTS}
    assert not {name: items for name, items in missing.items() if items}


def test_the_rule_reads_words_in_code_marks_only() -> None:
    assert words_in("`not_by` and by") == {"not_by"}
