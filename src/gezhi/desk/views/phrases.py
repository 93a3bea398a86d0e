"""Ready answers: the page where they are kept, and those that a case's page offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.actions.phrases import end_phrase, set_phrase
from gezhi.cases.models import Phrase
from gezhi.cases.phrasing import PLACEHOLDERS, filled
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import CasePage
from gezhi.cases.queries.talk import may_keep, phrases_kept_by, phrases_of, units_of
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.packs.shapes import Need
from gezhi.pages.acting import unit_name, words_of
from gezhi.pages.asked import number, posted
from gezhi.pages.showing import said
from gezhi.people.access import DESK, PHRASES, Actor, ActorRequest, requires
from gezhi.people.models import Account

_FIELDS = ("unit", "kind", "title", "text")


@dataclass(frozen=True, slots=True)
class PhraseView:
    id: int
    unit: str
    unit_id: str
    kind: str
    kind_words: str
    title: str
    text: str
    version: int
    at: datetime
    who: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """`steps`: keys of the forms that it fits."""

    title: str
    text: str
    steps: str


def kinds_with_words(world: World) -> dict[str, str]:
    """Kinds of steps in which something is said, in the words of the first procedure that knows them."""
    steps = (step for one in world.catalogue.procedures for step in one.transitions)
    talking = {Need.TEXT, Need.REASON}
    found: dict[str, str] = {}
    for step in steps:
        if talking.intersection((*step.needs, *step.may)) and "system" not in step.by:
            found.setdefault(str(step.kind), said(step.title))
    return found


def phrases_context(actor: Actor, found: CasePage) -> dict[str, object]:
    """The ready answers that fit the steps open to this person, filled for the case. One statement."""
    steps = {one.transition.key: str(one.transition.kind) for one in found.options if one.refusal is None}
    facts = _facts(found)
    offered = []
    for phrase in phrases_of(units_of(actor)):
        fitting = [key for key, kind in steps.items() if phrase.kind in ("", kind)]
        if fitting:
            offered.append(Offered(phrase.title, filled(phrase.text, facts), " ".join(fitting)))
    return {"phrases": offered, "may_phrase": actor.may(PHRASES)}


def _facts(found: CasePage) -> Mapping[str, str]:
    unit = found.unit or found.suggested_unit
    return {
        "number": found.case.number,
        "category": said(found.category.name),
        "place": found.place_name,
        "unit": unit_name(unit) if unit else "",
    }


@requires(DESK)
@require_GET
def phrases(request: ActorRequest) -> HttpResponse:
    return _shown(request, {name: request.GET.get(name, "") for name in _FIELDS})


def _shown(
    request: ActorRequest, typed: Mapping[str, str], problem: str = "", status: int = 200
) -> HttpResponse:
    world, actor = known_world(), request.actor
    found = list(phrases_kept_by(actor, world.directory))
    names = dict(Account.objects.filter(id__in={one.account_id for one in found}).values_list("id", "name"))
    context = {
        "lines": [_view(one, names, actor, world) for one in found],
        "typed": typed,
        "problem": problem,
        "kinds": kinds_with_words(world).items(),
        "units": _units(actor, world),
        "may_change": actor.may(PHRASES),
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
    }
    return page(request, "desk/phrases.html", context, at="desk:phrases", status=status)


def _view(one: Phrase, names: Mapping[int, str], actor: Actor, world: World) -> PhraseView:
    unit = world.directory.units.get(one.unit_id or 0)
    return PhraseView(
        id=one.pk,
        unit=unit_name(unit) if unit else _("全部单位"),
        unit_id=str(one.unit_id or ""),
        kind=one.kind,
        kind_words=kinds_with_words(world).get(one.kind, one.kind) or _("各步骤"),
        title=one.title,
        text=one.text,
        version=one.version,
        at=one.at,
        who=names.get(one.account_id, ""),
        may_change=actor.may(PHRASES) and may_keep(actor, one.unit_id, world.directory),
    )


def _units(actor: Actor, world: World) -> list[tuple[str, str]]:
    """Those for which this person may keep ready answers; "" stands for all."""
    own = [
        (str(pk), unit_name(world.directory.units[pk]))
        for pk in units_of(actor)
        if pk in world.directory.units
    ]
    return [("", _("全部单位")), *own] if may_keep(actor, None, world.directory) else own


@requires(PHRASES)
@require_POST
def save(request: ActorRequest) -> HttpResponse:
    typed = posted(request, _FIELDS)
    try:
        phrase = set_phrase(
            request.actor, number(typed["unit"]), typed["kind"], typed["title"], typed["text"]
        )
    except Refused as refused:
        return _shown(request, typed, words_of(refused), 422)
    messages.success(
        request, _("已存“%(title)s”第 %(n)s 版。") % {"title": phrase.title, "n": phrase.version}, "good"
    )
    return redirect("desk:phrases")


@requires(PHRASES)
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    try:
        phrase = end_phrase(request.actor, pk)
        messages.success(request, _("“%(title)s”不再使用。") % {"title": phrase.title}, "good")
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
    return redirect("desk:phrases")
