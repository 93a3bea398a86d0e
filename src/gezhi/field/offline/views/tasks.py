"""Cases as a phone keeps them for a day: what they are, and the steps that can be taken without a network."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.template.loader import render_to_string

from gezhi.cases.contact import masked_text
from gezhi.cases.filling import form_of_step
from gezhi.cases.models import Case, Report
from gezhi.cases.procedure import Option, Standing, options
from gezhi.cases.queries import visible
from gezhi.cases.queries.around import Around, around_cases, standing_of
from gezhi.cases.world import World
from gezhi.packs.shapes import Need, Procedure, Transition
from gezhi.pages.acting import step_form
from gezhi.pages.forms import form_view
from gezhi.pages.lines import LineView, line_views
from gezhi.pages.showing import said
from gezhi.people.access import Actor
from gezhi.people.duties_apart import HANDLING

MOST: Final = 100
_ELSEWHERE: Final = frozenset(
    {Need.UNIT, Need.UNITS, Need.CASE, Need.REPORT}
)  # need lists that only the node has
Plain = dict[str, object]


@dataclass
class Forms:
    """Forms by the name that their content gives them: a hundred cases share a handful."""

    by_name: dict[str, str] = field(default_factory=dict)
    _drawn: dict[object, str] = field(default_factory=dict)

    def keep(self, html: str) -> str:
        name = hashlib.blake2b(html.encode(), digest_size=6).hexdigest()
        self.by_name[name] = html
        return name

    def of_step(self, case: Case, step: Transition, facts: Mapping[str, str], world: World) -> str:
        form = form_of_step(step, world.catalogue, case.pack_version_id)
        alike = (case.pack_version_id, case.procedure, step.key, case.pk if form else 0)
        if alike not in self._drawn:
            view = form_view(form, {}, facts=facts, prefix=f"{step.key}-form.") if form else None
            drawn = step_form(Option(step, None), None, view)
            drawn = replace(drawn, asks=tuple(ask for ask in drawn.asks if ask.need not in _ELSEWHERE))
            self._drawn[alike] = self.keep(render_to_string("components/step_form.html", {"form": drawn}))
        return self._drawn[alike]


@dataclass(frozen=True)
class _Seen:
    """Everything around the cases, read at once."""

    actor: Actor
    world: World
    around: Around
    texts: Mapping[int, str]
    forms: Forms
    now: datetime


def tasks(actor: Actor, world: World, forms: Forms, now: datetime) -> list[Plain]:
    """Open cases here, soonest due first. Five statements."""
    mine = Case.objects.filter(visible(actor), is_open=True, due_at__isnull=False)
    cases = list(mine.order_by("due_at", "id")[:MOST])
    ids = [case.pk for case in cases]
    seen = _Seen(actor, world, around_cases(ids, ids), _texts(ids), forms, now)
    lines = line_views(cases, world, now)
    return [_task(case, line, seen) for case, line in zip(cases, lines, strict=True)]


def _texts(ids: Sequence[int]) -> dict[int, str]:
    """What the first report of each case says."""
    first = Report.objects.filter(case_id__in=ids).order_by("case_id", "id").distinct("case_id")
    return {case: masked_text(text) for case, text in first.values_list("case_id", "text")}


def _task(case: Case, line: LineView, seen: _Seen) -> Plain:
    return {
        "number": case.number,
        "version": case.version,
        "title": case.title,
        "state": {"title": line.state.title, "stage": line.state.stage, "icon": line.state.icon},
        "due": case.due_at.isoformat() if case.due_at else "",
        "card": case.card,
        "category": line.category,
        "place": line.place,
        "address": case.address,
        "text": seen.texts.get(case.pk, ""),
        "unit": line.unit,
        "lon": case.lon,
        "lat": case.lat,
        "steps": list(_steps(case, line, seen)),
    }


def _steps(case: Case, line: LineView, seen: _Seen) -> Iterator[Plain]:
    procedure = seen.world.catalogue.procedure(case.pack_version_id, case.procedure)
    standing = standing_of(case, seen.around, seen.actor.handling_units, seen.world.directory, seen.now)
    facts = {"number": case.number, "address": case.address, "place": line.place}
    facts["text"] = seen.texts.get(case.pk, "")
    for step in _open(procedure, standing, case, seen):
        then = _after(procedure, standing, step, case, seen)
        yield _step(case, step, facts, seen) | {"then": [_step(case, one, facts, seen) for one in then]}


def _step(case: Case, step: Transition, facts: Mapping[str, str], seen: _Seen) -> Plain:
    name = seen.forms.of_step(case, step, facts, seen.world)
    direct = not {*step.needs, *step.may}
    return {"key": step.key, "title": said(step.title), "form": name, "direct": direct}


def _open(procedure: Procedure, standing: Standing, case: Case, seen: _Seen) -> Iterable[Transition]:
    partners = [one.unit_id for one in seen.around.partners.get(case.pk, ())]
    doer = seen.actor.doer_at(case.place_code, case.unit_id, case.held_code, partners)
    known = options(procedure, standing, doer)
    return [one.transition for one in known if one.refusal is None and not _needs_node(one.transition)]


def _needs_node(step: Transition) -> bool:
    return bool(_ELSEWHERE.intersection(step.needs))


def _after(
    procedure: Procedure, standing: Standing, step: Transition, case: Case, seen: _Seen
) -> Iterable[Transition]:
    """What can follow at once: whoever receives a case without a network goes on to handle it."""
    if step.to is None or step.to == standing.state or step.approve:
        return ()
    did = {**standing.did, step.kind: {seen.actor.account_id}}
    handlers = {*standing.handlers, *({seen.actor.account_id} if step.kind.value in HANDLING else ())}
    return _open(procedure, replace(standing, state=step.to, did=did, handlers=handlers), case, seen)
