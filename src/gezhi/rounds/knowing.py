"""What a visit teaches: which elements are new, which are still so. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gezhi.packs.forms import Value, fields_of
from gezhi.packs.shapes import Form


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of an element: the row's id and the value."""

    id: int
    value: object


@dataclass(frozen=True, slots=True)
class Learned:
    """`fresh`: element -> a value that was not known or was another; `same`: rows that were seen to hold."""

    fresh: Mapping[str, object]
    same: tuple[int, ...]


def by_element(form: Form, values: Mapping[str, Value]) -> dict[str, object]:
    return {one.element: values[one.key] for _, one in fields_of(form) if one.element and one.key in values}


def learn(said: Mapping[str, object], confirmed: Collection[str], held: Mapping[str, Held]) -> Learned:
    """`said`: by element. `confirmed`: elements of which somebody said that they are still so."""
    fresh = {key: value for key, value in said.items() if key not in held or held[key].value != value}
    same = {
        key for key in held if key not in fresh and (key in confirmed or key in said)
    }  # what was said again is confirmed too
    return Learned(fresh, tuple(sorted(held[key].id for key in same)))
