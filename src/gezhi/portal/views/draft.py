"""A report on its way: what came with the form so far, read as far as it can be."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from gezhi.cases.intake.reading import Edge
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.world import World, known_world
from gezhi.packs.forms import Value
from gezhi.pages.asked import posted
from gezhi.pages.asking import Asking, asking
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.place_choice import PlaceChoice, place_choice
from gezhi.pages.reporting import Wording, read_form
from gezhi.portal.views.guardian import guardians_word
from gezhi.portal.views.near import SAME, same_matter

TEXTS: Final = (
    *("text", "category", "lon", "lat", "address"),
    *("reporter_name", "reporter_phone", "source_id"),
)
_FIELD_OF: Final = {"reporter_phone": "phone", "reporter_name": "name", "lon": "address", "lat": "address"}
_PROBLEMS: Final = {
    "text": gettext_lazy("请写一写是什么事，4000 字以内。"),
    "phone": gettext_lazy("手机号只能有数字，例如 13800000000。不想留的话可以空着。"),
    "name": gettext_lazy("称呼太长了，请写 60 字以内。"),
    "address": gettext_lazy("请告诉我们在哪里：用现在的位置、写地址，或选择区域。"),
    "category": gettext_lazy("请从列出的类别里选一个，或不选。"),
}
_WORDING: Final = Wording(_PROBLEMS, _FIELD_OF)


@dataclass(frozen=True, slots=True)
class Draft:
    """`new`: the report, None where `faults` (by field of the form) keep it from being one. `pressed`: the names of
    the buttons and boxes that came."""

    given: dict[str, str]
    choice: PlaceChoice
    photos: Photos
    asked: Asking
    world: World
    new: NewReport | None = None
    faults: dict[str, str] = field(default_factory=dict)
    pressed: frozenset[str] = frozenset()

    @property
    def sends(self) -> bool:
        return bool({"send", "near", SAME} & self.pressed)

    @property
    def is_unfinished(self) -> bool:
        """Something is still to be chosen or answered before it is looked at as a whole."""
        return bool({"refine", "ask", "go"} & self.pressed) or (self.asked.waits and SAME not in self.pressed)


def fresh_draft(request: HttpRequest, begun: Mapping[str, str]) -> Draft:
    given = dict.fromkeys(TEXTS, "") | {**begun, "source_id": str(uuid.uuid4())}
    world = known_world()
    return Draft(
        given,
        place_choice(settings.NODE_PLACE, []),
        Photos(),
        asking(request, given["category"], world),
        world,
    )


def read_draft(request: HttpRequest, edge: Edge, attributes: Mapping[str, Value] | None = None) -> Draft:
    world, photos = known_world(), photos_of(request)
    choice = place_choice(settings.NODE_PLACE, request.POST.getlist("place"))
    given = posted(request, TEXTS)
    asked = asking(request, given["category"], world)
    raw, answered = {**given, "place_code": choice.code}, asked
    if same := same_matter(request, world, choice.code):
        raw, answered = {**raw, **same}, Asking()
    word = guardians_word(request, given)
    more = {**(attributes or {}), **word.attributes}
    new, faults = read_form(raw, edge, photos, _WORDING, answered, more)
    faults = {**faults, **word.faults}
    if not (given["lon"] or choice.code or given["address"].strip()):
        faults = {**faults, "address": str(_PROBLEMS["address"])}
    return Draft(given, choice, photos, asked, world, new, dict(faults), frozenset(request.POST))
