"""A pack as others and the staff of the city have set it: limits, words and dates, nothing else. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from gezhi.packs.shapes import Category, Limit, OverlaidCategory, Overlay, Pack, Parameter

StaffValues = Mapping[str, tuple[Limit, ...]]


def overlaid(pack: Pack, overlays: Iterable[Overlay]) -> Pack:
    for overlay in overlays:
        if overlay.pack == pack.manifest.name:
            pack = _with(pack, overlay)
    return pack


def _with(pack: Pack, overlay: Overlay) -> Pack:
    values = {one.key: one.values for one in overlay.parameters}
    texts = {one.key: one for one in overlay.messages}
    categories = {one.key: one for one in overlay.categories}
    return pack.model_copy(
        update={
            "parameters": tuple(_from_then_on(one, values.get(one.key, ())) for one in pack.parameters),
            "messages": tuple(texts.get(one.key, one) for one in pack.messages),
            "categories": tuple(_category(one, categories.get(one.key)) for one in pack.categories),
        }
    )


def _category(category: Category, overlay: OverlaidCategory | None) -> Category:
    if overlay is None:
        return category
    set_there = {"limits": overlay.limits, "words": overlay.words}
    return category.model_copy(update={key: value for key, value in set_there.items() if value is not None})


def _from_then_on(parameter: Parameter, values: Sequence[Limit]) -> Parameter:
    if not values:
        return parameter
    before = tuple(value for value in parameter.values if value.since < values[0].since)
    return parameter.model_copy(update={"values": (*before, *values)})


def with_staff(pack: Pack, values: StaffValues) -> Pack:
    """What staff set holds from its day until the next value of either; on the same day theirs counts."""
    if not any(one.key in values for one in pack.parameters):
        return pack
    set_by_both = tuple(_merged(one, values.get(one.key, ())) for one in pack.parameters)
    return pack.model_copy(update={"parameters": set_by_both})


def _merged(parameter: Parameter, values: Sequence[Limit]) -> Parameter:
    if not values:
        return parameter
    in_order = sorted([*parameter.values, *values], key=_since)  # stable: theirs stand last on a day
    return parameter.model_copy(update={"values": tuple([*day][-1] for _, day in groupby(in_order, _since))})


def _since(value: Limit) -> date:
    return value.since
