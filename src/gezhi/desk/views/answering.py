"""Answers to an island that went on without waiting: what to say, and where to go if anywhere."""

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from gezhi.people.access import ActorRequest


def wants_words(request: ActorRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def answered(
    request: ActorRequest, *, done: bool, show: str = "", left: int | None = None, **context: object
) -> HttpResponse:
    """`show`: the page's address that the person sees next, "" for wherever the island is; `left`: cases that wait."""
    said = render_to_string("desk/_said.html", context, request)
    return JsonResponse({"done": done, "said": said, "show": show, "left": left})
