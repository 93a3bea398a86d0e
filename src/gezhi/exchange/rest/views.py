"""The interface's document, and what is said at addresses that it does not have."""

from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gezhi.exchange.rest.access import answer_with, slow_down_anybody
from gezhi.exchange.rest.api import openapi_document
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import public
from gezhi.people.actions.signing import end_provider_sessions
from gezhi.people.signing_in.provider import NotIdentified, who_left

_document = cache(openapi_document)


@public
def document(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_document())


@csrf_exempt
@public
def unknown(request: HttpRequest) -> HttpResponse:
    detail = (
        f"There is nothing at {request.path[:200]}. The document at /api/v1/openapi.json names every address."
    )
    return answer_with(Problem(404, "not-found", detail))


@csrf_exempt
@public
@sensitive_post_parameters("logout_token")
@require_POST
def left(request: HttpRequest) -> HttpResponse:
    """The city's identity provider tells that somebody left (OpenID Connect Back-Channel Logout 1.0, 2.5): what the
    token says counts, whoever brings it."""
    try:
        slow_down_anybody(request)
        session, account_id = who_left(request, request.POST.get("logout_token", ""))
    except Problem as problem:
        return answer_with(problem)
    except NotIdentified as error:
        return _no_store(
            JsonResponse({"error": "invalid_request", "error_description": error.code}, status=400)
        )
    end_provider_sessions(session, account_id)
    return _no_store(JsonResponse({}))


def _no_store(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "no-store"
    return answer
