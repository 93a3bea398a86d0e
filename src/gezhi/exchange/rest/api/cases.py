"""Cases for other systems and for scripts: lists, one case with what is possible, steps."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from gezhi.cases.actions import act, undo
from gezhi.cases.case_row import CaseRow
from gezhi.cases.contact import masked_text
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.cases.queries import BadFilter, CaseLine, CasePage, Filters, case_list, case_page
from gezhi.exchange.rest import case_shapes, shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reading import kept_json
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.queries import case_id_of, refuse_used
from gezhi.people.access import Actor

LINE = tuple(case_shapes.CaseLineOut.model_fields)
router = Router(tags=["cases"])


class ListQuery(shapes.Shape):
    """The filters of the list; the answer's `next` is sent as `after` for the following page."""

    text: shapes.Name = ""
    state: shapes.Name = ""
    status: shapes.Name = ""
    category: shapes.Name = ""
    place: shapes.Name = ""
    unit: shapes.Name = ""
    source: shapes.Name = Field(
        default="", description="How its first report came: portal, hotline, field..."
    )
    due: shapes.Name = Field(
        default="", description="overdue, soon, today (the rest of it) or week (the six days after)."
    )
    mark: shapes.Name = Field(
        default="",
        description="asked, card, ordered, called (the caller's unit was), or special "
        "(a scenario's procedure waits for the caller's roles) or mine (what waits for the caller).",
    )
    since: shapes.Name = ""
    until: shapes.Name = ""
    sort: shapes.Name = ""
    after: shapes.Text = ""


@router.get("/cases", auth=Scope(READ), response={200: case_shapes.CasePageOut, **PROBLEMS})
def list_cases(request: CallerRequest, asked: Query[ListQuery]) -> HttpResponse:
    """Fifty cases of your places and units at a time."""
    given = asked.model_dump()
    if unknown := request.GET.keys() - given.keys():
        known = ", ".join(given)
        raise Problem(
            422, "bad-filter", f"{', '.join(sorted(unknown))[:100]}: no such filter; known are {known}."
        )
    try:
        page = case_list(_actor(request), Filters.read(given), timezone.now(), after=given["after"])
    except BadFilter as bad:
        raise Problem(422, "bad-filter", str(bad)) from bad
    lines = [_line(line) for line in page.lines]
    return kept_json(request, "案件", {"cases": lines, "next": page.next}, lines)


@router.get(
    "/cases/{number}",
    auth=Scope(READ),
    response={200: case_shapes.CaseOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def show_case(request: CallerRequest, number: str) -> HttpResponse:
    """A case with its reports, its history, and every step: open to you, or why not."""
    page = case_page(_actor(request), number[:24], timezone.now())
    if page is None:
        raise _unknown(number)
    return JsonResponse(_page(page))


@router.post(
    "/cases/{number}/steps/{step}",
    auth=Scope(ACT),
    response={200: case_shapes.StepOut, 404: shapes.ProblemOut, 409: shapes.StaleOut, **PROBLEMS},
)
def take_step(request: CallerRequest, number: str, step: str, body: case_shapes.StepIn) -> HttpResponse:
    """One step at the version that you saw. 409 with the newer state when somebody was faster."""
    case_id = case_id_of(number, _actor(request))
    if case_id is None:
        raise _unknown(number)
    refuse_used(body.evidence)
    plain = body.model_dump(exclude={"version", "evidence", "unit_ids"})
    given = Given(**plain, evidence=tuple(body.evidence), unit_ids=tuple(body.unit_ids))
    return JsonResponse(_row(act(_actor(request), case_id, step, given, body.version)))


@router.post(
    "/cases/{number}/undo",
    auth=Scope(ACT),
    response={200: case_shapes.StepOut, 404: shapes.ProblemOut, 409: shapes.StaleOut, **PROBLEMS},
)
def undo_step(request: CallerRequest, number: str, body: case_shapes.UndoIn) -> HttpResponse:
    """Take back your own last step (accept, correct, dispatch) within seconds, while nobody has gone on."""
    case_id = case_id_of(number, _actor(request))
    if case_id is None:
        raise _unknown(number)
    return JsonResponse(_row(undo(_actor(request), case_id, body.version)))


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor


def _unknown(number: str) -> Problem:
    return Problem(404, "unknown-case", f"There is no case {number[:24]} in your places and units.")


def _row(row: CaseRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in case_shapes.StepOut.model_fields}


def _line(line: CaseLine | Case) -> dict[str, object]:
    return {name: getattr(line, name) for name in LINE}


def _page(page: CasePage) -> dict[str, object]:
    return {
        **_line(page.case),
        "category_zh": page.category.name.zh,
        "category_en": page.category.name.en,
        "place_name": page.place_name,
        "unit_name": page.unit.name if page.unit else "",
        "reports": [
            _plain(report, case_shapes.CaseReportOut) | {"text": masked_text(report.text)}
            for report in page.reports
        ],
        "events": _events(page),
        "options": _options(page),
        "shares": [_plain(one, case_shapes.ShareOut) for one in page.assignments],
        "supervisions": [_plain(one, case_shapes.SupervisionOut) for one in page.supervisions],
        "asked": _asked(page),
        "parent": page.parent.number if page.parent else None,
        "children": [child.number for child in page.children],
    }


def _plain(row: object, shape: type[BaseModel]) -> dict[str, object]:
    return {name: getattr(row, name) for name in shape.model_fields}


def _asked(page: CasePage) -> dict[str, object] | None:
    asked = page.asked
    if asked is None:
        return None
    given = asked.given
    said = {"length": given.length, "unit_id": given.unit_id, "reason": given.reason or given.text}
    return {"step": asked.step.key, "waits_for": asked.waits_for, **said}


def _events(page: CasePage) -> list[dict[str, object]]:
    return [
        {
            "seq": event.seq,
            "at": event.at,
            "kind": event.kind,
            "title_zh": event.title[0],
            "title_en": event.title[1],
            "who": event.who,
            "acting_for": event.for_who,
            "role": event.role,
            "text": masked_text(event.text),
            "photos": [str(photo.key) for photo in event.photos],
            "facts": event.facts,
        }
        for event in page.events
    ]


def _options(page: CasePage) -> list[dict[str, object]]:
    return [
        {
            "step": option.transition.key,
            "title_zh": option.transition.title.zh,
            "title_en": option.transition.title.en,
            "kind": option.transition.kind.value,
            "needs": [need.value for need in option.transition.needs],
            "may": [need.value for need in option.transition.may],
            "form": option.transition.form is not None,
            "why_not": option.refusal.en if option.refusal else "",
        }
        for option in page.options
    ]
