"""What may be reported, who may hold work, and what a text is about."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from gezhi.cases.world import world
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, REPORT, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.people.access import public

router = Router(tags=["catalogue"])


@router.get("/categories", auth=None, response={200: list[shapes.CategoryOut], 429: shapes.ProblemOut})
@public
def categories(request: HttpRequest) -> HttpResponse:
    """Every category of which a report may be."""
    return JsonResponse(
        [
            {
                "key": one.key,
                "code": one.code,
                "kind": one.kind,
                "group": one.group,
                "name_zh": one.name.zh,
                "name_en": one.name.en,
            }
            for one in world().catalogue.open_to_all
        ],
        safe=False,
    )


@router.get("/units", auth=Scope(READ, ACT), response={200: list[shapes.UnitOut], **PROBLEMS})
def units(request: CallerRequest) -> HttpResponse:
    """Every unit that can hold work."""
    found = sorted(world().directory.units.values(), key=lambda unit: unit.code)
    return JsonResponse(
        [
            {
                "id": unit.id,
                "code": unit.code,
                "name": unit.name,
                "name_en": unit.name_en,
                "place_code": unit.place_code,
                "functions": sorted(unit.functions),
            }
            for unit in found
        ],
        safe=False,
    )


@router.post("/classify", auth=Scope(READ, REPORT), response={200: list[shapes.GuessOut], **PROBLEMS})
def classify(request: CallerRequest, body: shapes.ClassifyIn) -> HttpResponse:
    """The likeliest categories of a text, best first, with the words that decided."""
    current = world()
    names = current.catalogue.categories
    guesses = [guess for guess in current.classifier.explain(body.text) if guess.category in names]
    return JsonResponse(
        [
            {
                "category": guess.category,
                "name_zh": names[guess.category].name.zh,
                "name_en": names[guess.category].name.en,
                "confidence": round(guess.confidence, 4),
                "clues": list(guess.clues),
            }
            for guess in guesses
        ],
        safe=False,
    )
