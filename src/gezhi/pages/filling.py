"""The form of a step on the page of its case, and the answers to forms as the page shows them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from gezhi.cases.contact import Contact, masked_text
from gezhi.cases.filling import form_of_step
from gezhi.cases.models import Report
from gezhi.cases.queries import CasePage
from gezhi.cases.queries.page import EventLine
from gezhi.cases.world import World
from gezhi.packs.catalogue import NotInCatalogue
from gezhi.packs.forms import Said, Value, read_answers, said_answers
from gezhi.packs.shapes import Form, Need, Transition
from gezhi.pages.forms import FormView, Raw, form_view, is_empty, raw_answers, told
from gezhi.pages.showing import english


@dataclass(frozen=True, slots=True)
class Filled:
    """The form of a step as it came back."""

    values: Mapping[str, Value] = field(default_factory=dict)
    raw: Raw = field(default_factory=dict)
    faults: Mapping[str, Said] = field(default_factory=dict)
    words: str = ""


def step_filled(request: HttpRequest, found: CasePage, key: str) -> Filled:
    """Nothing for a step without a form, and for one that may stay empty and did."""
    step = next((one for one in found.procedure.transitions if one.key == key), None)
    form = _form(found, step) if step else None
    if step is None or form is None:
        return Filled()
    raw = raw_answers(request, form)
    if is_empty(raw) and Need.FORM not in step.needs:
        return Filled(raw=raw)
    answers = read_answers(form, raw)
    return Filled(answers.values, raw, answers.faults, " ".join(told(answers.faults, form).values()))


def step_form_view(
    found: CasePage, step: Transition, shown: Collection[int], filled: Filled | None
) -> FormView | None:
    """`shown`: reports whose masks are lifted."""
    form = _form(found, step)
    if form is None:
        return None
    raw, faults = (filled.raw, filled.faults) if filled else ({}, {})
    return form_view(form, raw, faults, facts=_facts(found, shown), prefix=f"{step.key}-form.")


def _form(found: CasePage, step: Transition) -> Form | None:
    return form_of_step(step, found.world.catalogue, found.case.pack_version_id)


def _facts(found: CasePage, shown: Collection[int]) -> dict[str, str]:
    """Of the first report; who reported only where the mask is lifted."""
    first = found.reports[0] if found.reports else None
    facts = {"number": found.case.number, "address": found.case.address, "place": found.place_name}
    if first:
        facts["text"] = first.text if first.pk in shown else masked_text(first.text)
    if first and first.pk in shown:
        left = found.contacts.get(first.pk, Contact())
        facts |= {"reporter-name": left.name, "reporter-phone": left.phone}
    return facts


def report_answers(found: CasePage, report: Report) -> list[tuple[str, str]]:
    """By the form of the category that was reported, else of the one that the case has now."""
    for category in filter(None, dict.fromkeys((report.category, found.case.category))):
        try:
            form = _report_form(found, category)
        except NotInCatalogue:  # nobody publishes the category that was reported any more
            continue
        if form and (said := _said(form, report.attributes)):
            return said
    return []


def _report_form(found: CasePage, category: str) -> Form | None:
    """As the case's own version asks it; of another pack, as that asks it now. Raises NotInCatalogue."""
    catalogue = found.world.catalogue
    key = catalogue.category(category).form
    own = {one.key for one in catalogue.version(found.case.pack_version_id).pack.categories}
    if category not in own:
        return catalogue.form_of(category)
    return catalogue.form(found.case.pack_version_id, key) if key else None


def event_answers(event: EventLine, world: World) -> list[tuple[str, str]]:
    given = event.facts.get("form")
    step = event.lived.step(event.transition)
    form = form_of_step(step, world.catalogue, event.lived.pack_version_id) if step else None
    return _said(form, given) if form and isinstance(given, dict) else []


def _said(form: Form, values: Mapping[str, object]) -> list[tuple[str, str]]:
    return said_answers(form, values, "en" if english() else "zh")
