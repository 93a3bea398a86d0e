"""Everything that a case's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.asking import asked_from, chain_of
from gezhi.cases.contact import Contact, Sight
from gezhi.cases.guessing import Guess
from gezhi.cases.lived import Lived, lived
from gezhi.cases.models import Assignment, Case, CaseEvent, Evidence, Report, Supervision
from gezhi.cases.procedure import Given, Option, options
from gezhi.cases.queries.around import around_cases, standing_of
from gezhi.cases.queries.contact import contacts, sight_in
from gezhi.cases.queries.scope import visible
from gezhi.cases.world import World, world
from gezhi.packs.shapes import Category, Kind, Procedure, State, Transition
from gezhi.people.access import Actor
from gezhi.people.directory import Directory, UnitCard
from gezhi.people.models import Account
from gezhi.places.queries import place_names

Words = tuple[str, str]
SHOWN = 200  # newest steps and photos, oldest reports: after a storm a case holds thousands


@dataclass(frozen=True)
class EventLine:
    """One step of the timeline. `title`: (zh, en) of what was done; `for_who`: whose post it was taken in, if not one
    of `who`; `lived`: the procedure of the step."""

    seq: int
    at: datetime
    kind: str
    transition: str
    title: tuple[str, str]
    account_id: int | None
    who: str
    role: str
    text: str
    facts: dict[str, object]
    photos: Sequence[Evidence]
    lived: Lived
    for_who: str = ""


@dataclass(frozen=True)
class AskedLine:
    """A step that waits for approval. `who`: the names of whoever asked and agreed; `waits_for`: a role."""

    step: Transition
    given: Given
    at: datetime
    who: Sequence[str]
    waits_for: str


@dataclass(frozen=True)
class CasePage:
    case: Case
    category: Category
    procedure: Procedure
    state: State
    place_name: str
    unit: UnitCard | None
    suggested_unit: UnitCard | None
    reports: Sequence[Report]
    sight: Sight
    contacts: Mapping[int, Contact]  # by report; none where nothing may be shown
    events: Sequence[EventLine]
    assignments: Sequence[Assignment]
    supervisions: Sequence[Supervision]
    parent: Case | None
    children: Sequence[Case]
    asked: AskedLine | None
    held_name: str
    evidence: Sequence[Evidence]
    options: Sequence[Option]
    guesses: Sequence[Guess]
    world: World


def case_page(actor: Actor, number: str, now: datetime) -> CasePage | None:
    """None: no such case in the actor's scope."""
    case = Case.objects.filter(visible(actor), number=number).first()
    if case is None:
        return None
    current = world()
    procedure = current.catalogue.procedure(case.pack_version_id, case.procedure)
    evidence = list(Evidence.objects.filter(case_id=case.pk).order_by("-id")[:SHOWN])[::-1]
    names = place_names([case.place_code, *filter(None, [case.held_code])])
    reports = list(Report.objects.filter(case_id=case.pk).order_by("id")[:SHOWN])
    sight = sight_in(actor, case, current)
    return CasePage(
        case=case,
        category=current.catalogue.category(case.category),
        procedure=procedure,
        state=next(state for state in procedure.states if state.key == case.state),
        place_name=names.get(case.place_code, case.place_code),
        unit=current.directory.units.get(case.unit_id or 0),
        suggested_unit=current.directory.units.get(case.suggested_unit_id or 0),
        reports=reports,
        sight=sight,
        contacts=contacts(case.pk, [one.pk for one in reports]) if reports and sight > Sight.HIDDEN else {},
        events=_events(case, procedure, evidence, current),
        assignments=list(Assignment.objects.filter(case_id=case.pk).order_by("id")),
        supervisions=list(Supervision.objects.filter(case_id=case.pk).order_by("id")),
        parent=Case.objects.filter(id=case.parent_id).first() if case.parent_id else None,
        children=list(Case.objects.filter(parent_id=case.pk).order_by("id")[:SHOWN]),
        asked=_asked(case, procedure),
        held_name=names.get(case.held_code, ""),
        evidence=evidence,
        options=case_options(actor, case, procedure, current.directory, now),
        guesses=current.classifier.explain(reports[0].text) if reports else (),
        world=current,
    )


def case_options(
    actor: Actor, case: Case, procedure: Procedure, directory: Directory, now: datetime
) -> list[Option]:
    """Every step that the case's state knows: those open to this person, and why the others are not."""
    around = around_cases([case.pk], [case.pk])
    standing = standing_of(case, around, actor.handling_units, directory, now)
    units = [partner.unit_id for partner in around.partners.get(case.pk, ())]
    doer = actor.doer_at(case.place_code, case.unit_id, case.held_code, units)
    return options(procedure, standing, doer)


def _asked(case: Case, procedure: Procedure) -> AskedLine | None:
    asked = asked_from(case.asked)
    step = next((one for one in procedure.transitions if asked and one.key == asked.step), None)
    if asked is None or step is None:
        return None
    names = dict(Account.objects.filter(id__in=asked.accounts).values_list("id", "name"))
    who = [names.get(account, "") for account in asked.accounts]
    waits_for = chain_of(step, asked.given)[asked.agreed].by
    return AskedLine(step, asked.given, datetime.fromisoformat(asked.at), who, waits_for)


def _events(case: Case, procedure: Procedure, evidence: Sequence[Evidence], world: World) -> list[EventLine]:
    rows = list(CaseEvent.objects.filter(case_id=case.pk).order_by("-seq")[:SHOWN])[::-1]
    people = {one for row in rows for one in (row.account_id, row.facts.get("for")) if one is not None}
    names = dict(Account.objects.filter(id__in=people).values_list("id", "name"))
    past = lived(Lived(case.pack_version_id, procedure), [row.facts for row in rows], world.catalogue)
    return [
        EventLine(
            seq=row.seq,
            at=row.at,
            kind=row.kind,
            transition=row.transition,
            title=_title(row, then.step(row.transition)),
            account_id=row.account_id,
            who=names.get(row.account_id or 0, ""),
            for_who=names.get(row.facts.get("for") or 0, ""),
            role=row.role,
            text=row.text,
            facts=row.facts,
            photos=[photo for photo in evidence if photo.event_seq == row.seq],
            lived=then,
        )
        for row, then in zip(rows, past, strict=True)
    ]


def _title(row: CaseEvent, step: Transition | None) -> Words:
    """What was done; a step that only waits for approval was asked for."""
    if step is not None and row.kind == Kind.ASK:
        return f"申请{step.title.zh}", f"Asked for: {step.title.en}"
    if step is not None:
        return step.done.zh, step.done.en
    return _OWN.get(row.transition) or _own(row.kind, row.transition)


_OWN = {
    "report": ("收到诉求", "Report received"),
    "join": ("并入一条诉求", "Another report joined"),
    "split": ("自其他案件拆出", "Split off another case"),
    "overdue": ("超过时限", "Limit passed"),
    "move": ("随场景包更新转入新版本", "Moved to a newer version of its pack"),
    "undo": ("已撤销上一步", "The step before was undone"),
    "child": ("自上级案件开出的子案件", "Opened as a child case"),
}


def _own(kind: str, step: str) -> tuple[str, str]:
    return _OWN.get(kind, (step, step))
