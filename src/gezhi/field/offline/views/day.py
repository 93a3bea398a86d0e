"""A day's work as one answer: what a phone needs to report, handle, verify and patrol while it has no network."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import get_language

from gezhi.cases.world import World, known_world
from gezhi.field.offline.views.offering import chips_for, grids_of, more_for
from gezhi.field.offline.views.tasks import Forms, Plain, tasks
from gezhi.field.rounds.views.visits import Entered, round_context, visit_with
from gezhi.pages.forms import form_view
from gezhi.pages.grid_map import GridMap, grid_map
from gezhi.pages.masks import origin_of
from gezhi.pages.photos import Photos
from gezhi.people.access import Actor, ActorRequest
from gezhi.people.looking import FIELD
from gezhi.places.queries import place_names
from gezhi.rounds.actions.looking import keep_days_looks
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.queries import book, due_here, known_of

MOST_CALLS: Final = 60  # doors and patrols; nobody does more in a day
_TAIL: Final = "<!--tail-->"  # what follows in a round's form is that of every round of its plans
_AHEAD: Final = timedelta(hours=16)  # what opens later today is taken along


def day_of(request: ActorRequest) -> dict[str, object]:
    """Eighteen statements at most, however much there is to do."""
    now, world, forms = timezone.now(), known_world(), Forms()
    grids = grids_of(request.actor)
    return {
        "account": str(request.actor.account_id),
        "name": request.actor.name,
        "language": get_language(),
        "at": now.isoformat(),
        "report": _report_form(request.actor, world, grids),
        "asked": {category: forms.keep(html) for category, html in _asked(_stamp(world)).items()},
        "tasks": tasks(request.actor, world, forms, now),
        "rounds": list(_calls(request, world, forms, now)),
        "map": _map(grids),
        "forms": forms.by_name,
    }


def _report_form(actor: Actor, world: World, grids: Sequence[tuple[str, str]]) -> str:
    chips = chips_for(actor, world, "")
    offered = {"grids": grids, "chips": chips, "more": more_for(world, chips), "photos": Photos()}
    return render_to_string("field/report_form.html", {**offered, "given": {}, "faults": {}})


def _stamp(world: World) -> tuple[int, str, str]:
    return world.stamp, get_language() or "", localdate().isoformat()


@lru_cache(maxsize=4)
def _asked(stamp: tuple[int, str, str]) -> dict[str, str]:
    """The form of each category that has one; drawn once for a configuration, a language and a day."""
    catalogue = known_world().catalogue
    kinds = ((one.key, catalogue.form_of(one.key)) for one in catalogue.reportable)
    return {
        key: render_to_string("components/asked.html", {"asked": form_view(form, {}), "still_asked": False})
        for key, form in kinds
        if form is not None
    }


def _calls(request: ActorRequest, world: World, forms: Forms, now: datetime) -> Iterator[Plain]:
    """Each door once, with the rounds that are done there together; soonest due first."""
    plans, until = book(world.stamp), now + _AHEAD
    doors = _doors(due_here(request.actor, now, until=until))[:MOST_CALLS]
    known = _known(doors)
    keep_days_looks(request.actor, _read(doors, known), origin_of(request, FIELD), now)
    names = place_names([world.root, *(door[0].place_code for door in doors)])
    for door in doors:
        visit = visit_with(door, plans, known.get(_subject(door[0]), {}))
        context = round_context(request, visit, Entered(), until=until, names=names)
        html = render_to_string("field/round_form.html", {**context, "away": True})
        own, _mark, shared = html.partition(_TAIL)
        yield _call(door[0], context) | {"form": own, "tail": forms.keep(shared)}


def _doors(due: Sequence[Round]) -> list[list[Round]]:
    doors: dict[tuple[str, int], list[Round]] = defaultdict(list)
    for one in due:
        doors[("subject", one.subject_id) if one.subject_id else ("round", one.pk)].append(one)
    return list(doors.values())


def _subject(one: Round) -> int | str:
    return one.subject_id or one.place_code


def _known(doors: Sequence[Sequence[Round]]) -> dict[int | str, Mapping[str, Known]]:
    """By subject, or by place for what is known of a grid; two statements."""
    places = [door[0].place_code for door in doors if door[0].subject_id is None]
    grids = dict(Subject.objects.filter(kind="grid", place_code__in=places).values_list("pk", "place_code"))
    known = known_of([*grids, *(door[0].subject_id for door in doors if door[0].subject_id)])
    return {grids.get(subject, subject): rows for subject, rows in known.items()}


def _read(
    doors: Sequence[Sequence[Round]], known: Mapping[int | str, Mapping[str, Known]]
) -> dict[tuple[int, str], Sequence[str]]:
    rows = ((door[0].place_code, known.get(_subject(door[0]), {})) for door in doors)
    return {(next(iter(held.values())).subject_id, place): [*held] for place, held in rows if held}


def _call(first: Round, context: Mapping[str, object]) -> Plain:
    view, subject = context["round"], first.subject
    return {
        "id": first.pk,
        "where": view.where,  # type: ignore[attr-defined]
        "kind": view.kind,  # type: ignore[attr-defined]
        "address": subject.address if subject else "",
        "plans": context["plans"],
        "patrol": context["patrol"],
        "begun": first.begun_at is not None,
        "opens": first.opens_at.isoformat(),
        "due": first.due_at.isoformat(),
        "lon": subject.lon if subject else None,
        "lat": subject.lat if subject else None,
    }


def _map(grids: Sequence[tuple[str, str]]) -> Plain | None:
    """The first grid and its neighbours; the frame lets the phone put points on it."""
    found = grid_map(grids[0][0], None, None) if grids else None
    return None if found is None else _drawn(found)


def _drawn(found: GridMap) -> Plain:
    frame = found.frame
    patches = [
        {"d": one.path, "name": one.name if one.named else "", "own": one.own, "x": one.x, "y": one.y}
        for one in found.patches
    ]
    size: Plain = {"width": found.width, "height": found.height, "simulated": found.simulated}
    at: Plain = {"west": frame.west, "north": frame.north, "scale": frame.scale, "squeeze": frame.squeeze}
    return {"patches": patches, **size, **at}
