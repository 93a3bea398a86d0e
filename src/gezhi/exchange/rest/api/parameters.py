"""Parameters of the packs: what is in force and what is coming, a new value from a day on."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.actions import set_parameter, withdraw_parameter
from gezhi.packs.parameters import ParameterLine, Value
from gezhi.packs.queries import parameters as every_parameter
from gezhi.packs.setting import NotSet, Wanted
from gezhi.people.access import PARAMETERS

router = Router(tags=["parameters"])
_MISSING = ("unknown-parameter", "unknown-value")


@router.get("/parameters", auth=Scope(READ, ACT), response={200: list[shapes.ParameterOut], **PROBLEMS})
def parameters(request: CallerRequest) -> HttpResponse:
    """Every parameter of the active packs with all its values, newest day first."""
    lines = every_parameter(timezone.localdate())
    return JsonResponse([_line(line) for line in lines], safe=False)


@router.post(
    "/parameters/{key}/values",
    auth=Scope(ACT),
    response={200: shapes.ParameterOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def set_value(request: CallerRequest, key: str, body: shapes.ParameterIn) -> HttpResponse:
    """A value from a day on, today at the earliest. Open cases are limited by it from their next state on."""
    account = _may_set(request)
    try:
        set_parameter(Wanted(key, body.since, body.value, body.source), account, timezone.localdate())
    except NotSet as refused:
        raise _problem(refused) from None
    return _answer(key)


@router.delete(
    "/parameters/{key}/values/{value_id}",
    auth=Scope(ACT),
    response={200: shapes.ParameterOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def withdraw_value(request: CallerRequest, key: str, value_id: int) -> HttpResponse:
    """A value that is not yet in force."""
    try:
        withdraw_parameter(value_id, _may_set(request), timezone.localdate())
    except NotSet as refused:
        raise _problem(refused) from None
    return _answer(key)


def _may_set(request: CallerRequest) -> int:
    assert request.caller is not None
    actor = request.caller.actor
    if not actor.may(PARAMETERS):
        raise Problem(403, "not-your-role", "Leaders and administrators set parameters.")
    return actor.account_id


def _problem(refused: NotSet) -> Problem:
    return Problem(404 if refused.code in _MISSING else 422, refused.code, refused.en)


def _answer(key: str) -> HttpResponse:
    lines = every_parameter(timezone.localdate())
    return JsonResponse(next(_line(line) for line in lines if line.parameter.key == key))


def _line(line: ParameterLine) -> dict[str, object]:
    return {
        "key": line.parameter.key,
        "pack": line.pack.manifest.name,
        "title_zh": line.parameter.title.zh,
        "title_en": line.parameter.title.en,
        "values": [_value(value) for value in line.values],
    }


def _value(value: Value) -> dict[str, object]:
    limit, row = value.limit, value.row
    return {
        "id": row.id if row else None,
        "since": limit.since,
        "length": limit.length,
        "number": limit.number,
        "source": limit.source,
        "when": value.when,
        "set_at": row.at if row else None,
    }
