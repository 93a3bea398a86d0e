"""Documents of cases: the facts that they are filled with, who may issue which, and who sees them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from gezhi.cases.case_row import CaseRow
from gezhi.cases.contact import Sight
from gezhi.cases.issuing import Done, Matter, Name, Voice, language_of
from gezhi.cases.lived import Lived, lived
from gezhi.cases.models import Case, CaseEvent, IssuedDocument, Report
from gezhi.cases.procedure import ROLE_WORDS
from gezhi.cases.queries.around import around_cases
from gezhi.cases.queries.contact import contacts_of, sight_in
from gezhi.cases.queries.scope import visible
from gezhi.cases.queries.standing import standing_events
from gezhi.cases.world import World
from gezhi.lib.readable import is_readable_code
from gezhi.packs.catalogue import NotInCatalogue
from gezhi.packs.forms import said_by_key
from gezhi.packs.shapes import DocumentTemplate, Form, Words
from gezhi.people.access import Actor
from gezhi.places.queries import place_names

STEPS = 200  # newest steps in a document
_OPENED: Name = ("收到诉求", "Report received")


@dataclass(frozen=True, slots=True)
class Verified:
    """What anyone may know of a document."""

    title: Words
    number: str
    issuer: str
    at: datetime
    sha256: str  # "": not made yet


def templates_for(actor: Actor, case: Case | CaseRow, world: World) -> list[DocumentTemplate]:
    """What this person may issue in the case."""
    offered = [
        template
        for template in world.catalogue.documents_of(case.pack_version_id)
        if template.by and (not template.procedures or case.procedure in template.procedures)
    ]
    if not offered:
        return []
    roles = roles_in(actor, case)
    return [template for template in offered if roles.intersection(template.by)]


def roles_in(actor: Actor, case: Case | CaseRow) -> frozenset[str]:
    key = case.pk if isinstance(case, Case) else case.id
    partners = around_cases([key], []).partners
    return actor.roles_at(
        case.place_code, case.unit_id, case.held_code, [one.unit_id for one in partners.get(key, ())]
    )


def documents_of_case(case_id: int) -> QuerySet[IssuedDocument]:
    return IssuedDocument.objects.filter(case_id=case_id).order_by("id")


def documents_for_report(report: Report) -> QuerySet[IssuedDocument]:
    """What was written to this reporter, alone or with all others of the case."""
    mine = Q(facts__report_id=report.pk) | Q(facts__report_id=None)
    return documents_of_case(report.case_id).filter(mine, facts__to="reporter")


def document_in_sight(actor: Actor, code: str, world: World) -> IssuedDocument | None:
    """A letter that names a reporter is read by whoever may lift the mask, and by whoever wrote it."""
    mine = Case.objects.filter(visible(actor)).values("id")
    found = IssuedDocument.objects.filter(code=code[:16], case_id__in=mine).select_related("case").first()
    if found is None or not _names_somebody(found) or found.account_id == actor.account_id:
        return found
    return found if sight_in(actor, found.case, world) > Sight.HIDDEN else None


def _names_somebody(document: IssuedDocument) -> bool:
    return document.facts.get("to") == "reporter" and document.facts.get("report_id") is not None


def verified(code: str, world: World) -> Verified | None:
    """None: no document has this code."""
    found = IssuedDocument.objects.filter(code=code).first() if is_readable_code(code) else None
    if found is None:
        return None
    title = str(found.facts["title"])
    try:
        words = world.catalogue.document(found.pack_version_id, found.template).title
    except NotInCatalogue:
        words = Words(zh=title, en=title)
    return Verified(words, found.number, str(found.facts["issuer"]), found.at, found.sha256)


def matters(
    rows: Sequence[CaseRow], templates: Mapping[int, DocumentTemplate], world: World
) -> dict[int, Matter]:
    """The facts of each case for the template that it is to be filled in; seven statements at most."""
    known = {row.id: row for row in rows}
    cases = {
        case.pk: case for case in Case.objects.filter(id__in=known).only("title", "address", "opened_at")
    }
    reports = _reports(known)
    names = _names(known, reports, templates, world)
    forms = _forms(known)
    told = [key for key, template in templates.items() if any(part.steps for part in template.blocks)]
    history = _history([known[key] for key in told], world)
    places = place_names(row.place_code for row in rows)
    return {
        key: _matter(
            row,
            cases[key],
            _voice(row, reports.get(key), names),
            _answers_of(row, reports.get(key), forms[key], templates[key], world),
            history.get(key, []),
            world,
            places,
        )
        for key, row in known.items()
    }


def _matter(
    row: CaseRow,
    case: Case,
    voice: Voice,
    answers: Mapping[str, str],
    history: Sequence[Done],
    world: World,
    places: Mapping[str, str],
) -> Matter:
    return Matter(
        number=row.number,
        category=world.catalogue.category(row.category).name,
        title=case.title,
        address=case.address,
        place=places.get(row.place_code, row.place_code),
        unit=unit_words(row.unit_id, world),
        opened_at=case.opened_at,
        due_at=row.due_at,
        voice=voice,
        answers=answers,
        history=history,
    )


def _answers_of(
    row: CaseRow,
    report: Report | None,
    forms: Sequence[CaseEvent],
    template: DocumentTemplate,
    world: World,
) -> dict[str, str]:
    """What one of several reporters answered is told to none of them."""
    voice = _voice(row, report, {})
    heard = report if voice.report_id or template.to != "reporter" else None
    return _answers(row, heard, forms, language_of(template, voice), world)


def unit_words(unit_id: int | None, world: World) -> Name:
    unit = world.directory.units.get(unit_id or 0)
    return (unit.name, unit.name_en or unit.name) if unit else ("", "")


def _reports(known: Mapping[int, CaseRow]) -> dict[int, Report]:
    """The newest of each case."""
    newest = Report.objects.filter(case_id__in=known).order_by("case_id", "-id").distinct("case_id")
    return {report.case_id: report for report in newest}


def _names(
    known: Mapping[int, CaseRow],
    reports: Mapping[int, Report],
    templates: Mapping[int, DocumentTemplate],
    world: World,
) -> Mapping[int, str]:
    """By report: whom a letter greets. Nobody is named where the category hides who reported."""
    named = [
        reports[key].pk
        for key, row in known.items()
        if key in reports and templates[key].to == "reporter"
        if row.report_count == 1 and not world.catalogue.category(row.category).hides_reporter
    ]
    return {pk: one.name for pk, one in contacts_of(named).items()}


def _voice(row: CaseRow, report: Report | None, names: Mapping[int, str]) -> Voice:
    """Of the only reporter; of nobody where there are several."""
    if report is None or row.report_count != 1:
        return Voice()
    return Voice(report.pk, names.get(report.pk, ""), report.text, report.language)


def _forms(known: Mapping[int, CaseRow]) -> Mapping[int, list[CaseEvent]]:
    found: dict[int, list[CaseEvent]] = defaultdict(list)
    told = Q(facts__has_key="form") | Q(facts__has_key="pack_version")
    events = standing_events().filter(told, case_id__in=known).order_by("seq")
    for event in events.only("case_id", "transition", "facts"):
        found[event.case_id].append(event)
    return found


def _answers(
    row: CaseRow, report: Report | None, events: Sequence[CaseEvent], language: str, world: World
) -> dict[str, str]:
    """By field; later answers replace earlier ones."""
    key = world.catalogue.category(row.category).form
    given = [(_form(row.pack_version_id, key, world), report.attributes)] if report else []
    for event, then in zip(events, _lived(row, events, world), strict=True):
        step = then.step(event.transition)
        form = _form(then.pack_version_id, step.form, world) if step else None
        given.append((form, event.facts.get("form", {})))
    answers: dict[str, str] = {}
    for form, values in given:
        if form:
            answers |= said_by_key(form, values, language)
    return answers


def _lived(row: CaseRow, events: Sequence[CaseEvent], world: World) -> list[Lived]:
    now = Lived(row.pack_version_id, world.catalogue.procedure(row.pack_version_id, row.procedure))
    return lived(now, [event.facts for event in events], world.catalogue)


def _form(version: int, key: str | None, world: World) -> Form | None:
    """None also where the category got its form after the case was opened."""
    try:
        return world.catalogue.form(version, key) if key else None
    except NotInCatalogue:
        return None


def _history(rows: Sequence[CaseRow], world: World) -> Mapping[int, list[Done]]:
    steps: dict[int, list[CaseEvent]] = defaultdict(list)
    newest = Q(seq__gt=F("case__version") - STEPS)
    found = standing_events().filter(newest, case_id__in=[row.id for row in rows]).order_by("seq")
    for event in found if rows else ():
        steps[event.case_id].append(event)
    return {row.id: _steps_done(row, steps[row.id], world) for row in rows}


def _steps_done(row: CaseRow, events: Sequence[CaseEvent], world: World) -> list[Done]:
    done = (_done(event, then, world) for event, then in zip(events, _lived(row, events, world), strict=True))
    return [one for one in done if one]


def _done(event: CaseEvent, then: Lived, world: World) -> Done | None:
    """None for what the engine itself notes."""
    step = then.step(event.transition)
    words = step.done if step else None
    title = (words.zh, words.en) if words else _OPENED if event.kind == "report" else None
    role = (ROLE_WORDS.get(event.role, event.role), event.role.replace("-", " "))
    unit = unit_words(event.facts.get("unit"), world)
    return Done(event.at, title, role, unit, event.text) if title else None
