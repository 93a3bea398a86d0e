"""What the desk suggests for a new case: one act that is done by one key, and why this unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from gezhi.cases.queries import CasePage
from gezhi.cases.undoing import standing
from gezhi.packs.shapes import Kind, Need
from gezhi.pages.acting import StepForm, unit_name
from gezhi.pages.duty_lists import function_name
from gezhi.pages.taking import Shelf
from gezhi.places.queries import place_names

SURE: Final = 0.5  # of the category: below, a person looks before a unit is sent out
_BY_HAND: Final = frozenset({Kind.ACCEPT, Kind.CORRECT})
KEYS: Final = {Kind.CORRECT: "c", Kind.DISPATCH: "d", Kind.REJECT: "r"}


@dataclass(frozen=True, slots=True)
class Act:
    """A step with a key of its own: `form` to fill in."""

    key: str
    form: StepForm


@dataclass(frozen=True, slots=True)
class Best:
    """`unit_id`: whom the case is given to, None where it is only filed."""

    step: str
    title: str
    unit_id: int | None = None


def acts_of(shelves: Sequence[Shelf]) -> dict[str, StepForm | list[Act]]:
    """`file`: filing alone; `dispatch`: giving to a unit; `others`: what is filled in, each with its key."""
    forms = {form.kind: form for shelf in shelves for form in shelf.forms}
    found: dict[str, StepForm | list[Act]] = {
        "others": [Act(key, forms[kind]) for kind, key in KEYS.items() if kind in forms]
    }
    for name, kind in (("file", Kind.ACCEPT), ("dispatch", Kind.DISPATCH)):
        if kind in forms:
            found[name] = forms[kind]
    return found


def best_of(
    found: CasePage, acts: dict[str, StepForm | list[Act]], units: Sequence[tuple[int, str, bool]]
) -> Best | None:
    """Dispatching to the suggested unit where the category is sure; else filing; None: a person must choose."""
    dispatch, filing = acts.get("dispatch"), acts.get("file")
    suggested = next(((pk, name) for pk, name, is_suggested in units if is_suggested), None)
    if isinstance(dispatch, StepForm) and _needs(dispatch) == {Need.UNIT} and suggested and is_sure(found):
        return Best(dispatch.key, _("派给 %(unit)s") % {"unit": suggested[1]}, suggested[0])
    if isinstance(filing, StepForm) and not _needs(filing):
        return Best(filing.key, filing.title)
    return None


def _needs(form: StepForm) -> set[str]:
    return {ask.need for ask in form.asks if ask.required}


def is_sure(found: CasePage) -> bool:
    """Given by the reporter or by staff, or guessed with confidence."""
    confidence = found.case.confidence
    return (
        confidence is None
        or confidence >= SURE
        or any("category" in one.facts for one in standing(found.events) if one.kind in _BY_HAND)
    )


def why_unit(found: CasePage) -> str:
    """ "" where it is no duty of the unit's that brought it here: a rule, a contract, whoever had it before."""
    unit = found.suggested_unit
    function = found.case.function or found.category.function
    if unit is None or function not in unit.functions:
        return ""
    place = place_names([unit.place_code]).get(unit.place_code, unit.place_code)
    words = {"place": place, "function": function_name(found.world.catalogue, function)}
    return _("%(place)s的“%(function)s”由%(unit)s负责") % {**words, "unit": unit_name(unit)}
