"""Scenario packs as published: which are active, and what each holds."""

from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.catalogue import Published
from gezhi.packs.content import content_of
from gezhi.packs.queries import active_packs

router = Router(tags=["packs"])


@router.get("/packs", auth=Scope(READ, ACT), response={200: list[shapes.PackOut], **PROBLEMS})
def packs(request: CallerRequest) -> HttpResponse:
    """The active version of every pack."""
    return JsonResponse([_line(one) for one in active_packs().values()], safe=False)


@router.get(
    "/packs/{name}",
    auth=Scope(READ, ACT),
    response={200: shapes.PackContentOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def pack(request: CallerRequest, name: str) -> HttpResponse:
    """What the active version holds, as the JSON Schemas of packs/_schema describe it."""
    one = active_packs().get(name)
    if one is None:
        raise Problem(404, "unknown-pack", f"No active pack is called {name[:60]}. /packs names them.")
    return JsonResponse({**_line(one), "content": content_of(one.pack)})


def _line(one: Published) -> dict[str, object]:
    manifest = one.pack.manifest
    return {
        "name": manifest.name,
        "version": manifest.version,
        "title_zh": manifest.title.zh,
        "title_en": manifest.title.en,
        "needs": manifest.needs,
        "digest": one.pack.digest,
    }
