"""The interface's document, and what is said at addresses that it does not have."""

from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from gezhi.exchange.rest.access import answer_with
from gezhi.exchange.rest.api import openapi_document
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import public

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
