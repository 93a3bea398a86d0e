"""Steps as forms: what a form asks for, and what came back with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gezhi.cases.procedure import Given, Option, Refused
from gezhi.cases.world import World
from gezhi.lib.codes import is_code, is_within
from gezhi.packs.shapes import Kind, Need
from gezhi.pages.asked import number, posted
from gezhi.pages.filling import Filled
from gezhi.pages.forms import FormView
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.showing import english, said
from gezhi.people.directory import CONTRACTOR, UnitCard, chain_of
from gezhi.people.giving import Matter, why_not_give
from gezhi.places.queries import search_places

_GRAVE: Final = frozenset({Kind.REJECT, Kind.RETURN, Kind.REWORK, Kind.WITHDRAW, Kind.MERGE})
_SHELVES: Final = {
    **dict.fromkeys(
        (Kind.WHISTLE, Kind.JOINT, Kind.CHILD, Kind.TRANSFER, Kind.MERGE, Kind.SPLIT), "together"
    ),
    **dict.fromkeys((Kind.EXTEND, Kind.SUSPEND, Kind.ESCALATE, Kind.HAND_DOWN), "time"),
    **dict.fromkeys((Kind.URGE, Kind.SUPERVISE), "supervise"),
    **dict.fromkeys((Kind.CORRECT, Kind.ADD, Kind.REJECT), "other"),
}
_BETWEEN: Final = re.compile(r"[、，,;；\n]")
_TYPED: Final = (
    "unit",
    "unit_name",
    "unit_names",
    "length",
    "length_of",
    "category",
    "place",
    "case",
    "reason",
    "text",
)
_ORDER: Final = (
    *(Need.UNIT, Need.UNITS, Need.CATEGORY, Need.PLACE, Need.CASE, Need.REPORT, Need.LENGTH),
    *(Need.FORM, Need.RATING, Need.REASON, Need.TEXT, Need.EVIDENCE),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a step's form; `need` also picks how it is drawn."""

    need: str
    required: bool


@dataclass(frozen=True, slots=True)
class StepForm:
    """`given`, `faults` and `photos`: what was typed and what was wrong, when the form is shown again."""

    key: str
    title: str
    kind: str
    grave: bool
    asks: tuple[Ask, ...]
    given: Given = field(default_factory=Given)
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    opened: bool = False
    form: FormView | None = None
    shelf: str = "main"

    @property
    def direct(self) -> bool:
        """Nothing to fill in: one button."""
        return not self.asks


@dataclass(frozen=True, slots=True)
class Barred:
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A form that came back."""

    given: Given
    typed: dict[str, str]
    faults: dict[str, str]
    photos: Photos
    filled: Filled


def step_form(option: Option, answer: Answer | None = None, form: FormView | None = None) -> StepForm:
    step = option.transition
    asked = {*step.needs, *step.may}
    return StepForm(
        key=step.key,
        title=said(step.title),
        kind=str(step.kind),
        grave=step.kind in _GRAVE,
        asks=tuple(
            Ask(str(need), need in step.needs)
            for need in _ORDER
            if need in asked and (form or need is not Need.FORM)
        ),
        given=answer.given if answer else Given(),
        typed=answer.typed if answer else {},
        faults=answer.faults if answer else {},
        photos=answer.photos.keys if answer else (),
        opened=answer is not None,
        form=form,
        shelf=_SHELVES.get(step.kind, "main"),
    )


def barred_steps(options: Iterable[Option], *, to_people: bool = True) -> list[Barred]:
    """What the state knows but this person may not do, with why. Steps of the system are nobody's to miss."""
    hidden = {"system"} if to_people else set()
    return [
        Barred(said(one.transition.title), words_of(one.refusal))
        for one in options
        if one.refusal is not None and not hidden.issuperset(one.transition.by)
    ]


def words_of(refused: Refused) -> str:
    return refused.en if english() else refused.zh


def answer_of(request: HttpRequest, world: World, filled: Filled) -> Answer:
    """What a step gave. Words for units, categories and places become the things that they name."""
    typed = posted(request, _TYPED)
    photos = photos_of(request)
    faults: dict[str, str] = {"evidence": " ".join(photos.problems)} if photos.problems else {}
    if filled.words:
        faults["form"] = filled.words
    given = Given(
        form=filled.values,
        reason=typed["reason"],
        text=typed["text"],
        unit_id=_unit(typed, world, faults),
        category=_category(typed["category"], world, faults),
        place_code=_place(typed["place"], world, faults),
        rating=number(request.POST.get("rating", "")),
        case_number=typed["case"],
        report_id=number(request.POST.get("report", "")),
        evidence=photos.keys,
        unit_ids=_units(request, typed, world, faults),
        length=f"{typed['length']} {typed['length_of']}" if typed["length"] else "",
    )
    return Answer(given, typed, faults, photos, filled)


def _unit(typed: dict[str, str], world: World, faults: dict[str, str]) -> int | None:
    """Another unit, when named, goes before the chosen one."""
    name = typed["unit_name"]
    if not name:
        return number(typed["unit"])
    found = unit_named(name, world)
    if found is None:
        words = _("没有找到名称正好是“%(name)s”的单位，请写全称，或从列表中选择。")
        faults["unit"] = words % {"name": name}
    return found


def _units(
    request: HttpRequest, typed: dict[str, str], world: World, faults: dict[str, str]
) -> tuple[int, ...]:
    """The units that were ticked and those that were named, one after another with 、 or a comma."""
    ticked = [number(text) for text in request.POST.getlist("units")[:20]]
    found = [one for one in ticked if one is not None]
    for name in filter(None, (part.strip() for part in _BETWEEN.split(typed["unit_names"])[:20])):
        unit = unit_named(name, world)
        if unit is None:
            faults["units"] = _("没有找到名称正好是“%(name)s”的单位，请写全称。") % {"name": name}
        else:
            found.append(unit)
    return tuple(dict.fromkeys(found))


def unit_named(name: str, world: World) -> int | None:
    """The id of the unit of this name or code; None when there is none, or more than one."""
    units = world.directory.units.values()
    found = [unit.id for unit in units if name in (unit.name, unit.name_en, unit.code)]
    return found[0] if len(found) == 1 else None


def _category(typed: str, world: World, faults: dict[str, str]) -> str:
    key = category_key(typed, world)
    if typed and not key:
        faults["category"] = _("目录里没有“%(name)s”这个类别，请从提示中选一个。") % {"name": typed}
    return key


def category_key(typed: str, world: World) -> str:
    """What a key, a code, a name, or a line of the suggestions means; "" when it means nothing."""
    for category in world.catalogue.reportable:
        name = said(category.name)
        if typed in (category.key, category.code, name, category_line(category.code, name)):
            return category.key
    return ""


def category_line(code: str, name: str) -> str:
    return f"{name} {code}"


def _place(typed: str, world: World, faults: dict[str, str]) -> str:
    if not typed or is_code(typed):
        return typed
    found = search_places(typed, world.root, limit=4)
    if found and all(is_within(code, found[0][0]) for code, _name in found):
        return found[0][0]
    if found:
        names = "、".join(f"{name}（{code}）" for code, name in found)
        faults["place"] = _("“%(words)s”对应多个区域，请写编码：%(names)s") % {"words": typed, "names": names}
    else:
        faults["place"] = _("没有名称含“%(words)s”的区域，可以写区划或网格编码。") % {"words": typed}
    return ""


def units_for(world: World, matter: Matter, suggested_id: int | None) -> Sequence[tuple[int, str, bool]]:
    """(id, name, suggested): the suggested unit first, then those of the place and above that may have the matter,
    nearest first, then contractors whose contracts cover it."""
    far = {place: steps for steps, place in enumerate(chain_of(matter.place_code))}
    near = [unit for unit in world.directory.units.values() if _is_offered(unit, far, matter, world)]
    near.sort(key=lambda unit: (unit.id != suggested_id, far.get(unit.place_code, len(far)), unit.name))
    suggested = world.directory.units.get(suggested_id or 0)
    if suggested and suggested not in near:
        near.insert(0, suggested)
    return [(unit.id, unit_name(unit), unit.id == suggested_id) for unit in near]


def _is_offered(unit: UnitCard, far: Mapping[str, int], matter: Matter, world: World) -> bool:
    there = unit.kind == CONTRACTOR or unit.place_code in far
    return there and why_not_give(world.directory, unit.id, matter) is None


def unit_name(unit: UnitCard) -> str:
    return unit.name_en if english() and unit.name_en else unit.name
