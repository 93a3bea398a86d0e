"""Child cases: a matter that has parts of its own, each with its own loop; the parent waits for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from gezhi.cases.actions.beginning import Beginning, open_beside
from gezhi.cases.actions.events import Happening, write_happening
from gezhi.cases.actions.taken import Taken
from gezhi.cases.matching import title_of
from gezhi.cases.models import Case
from gezhi.cases.world import World
from gezhi.packs.shapes import Kind


def open_child(taken: Taken, world: World, at: datetime) -> int:
    """The child begins at its category's start. Returns its id."""
    parent = Case.objects.get(id=taken.after.id)
    given = taken.given
    category = given.category or parent.category
    place = given.place_code or parent.place_code
    same_place = place == parent.place_code
    unit = given.unit_id or _responsible(category, place, world)
    child = open_beside(
        Beginning(
            title=title_of(given.text),
            category=category,
            place_code=place,
            lon=parent.lon if same_place else None,
            lat=parent.lat if same_place else None,
            address=parent.address if same_place else "",
            occurred_at=parent.occurred_at,
            suggested_unit_id=unit,
            reports=0,
            parent_id=parent.pk,
        ),
        world,
        at,
    )
    _count(parent.pk, 1)
    facts: dict[str, object] = {"from": parent.number}
    write_happening(Happening(child.pk, 1, Kind.CHILD, "", child.state, child.due_at, facts), taken, at)
    return int(child.pk)


def _responsible(category: str, place: str, world: World) -> int | None:
    kind = world.catalogue.category(category)
    unit = world.directory.responsible(category, kind.function, place, grids=kind.grids)
    return unit.id if unit else None


def tell_parents(batch: Sequence[Taken]) -> None:
    """A parent counts its children that are open."""
    for taken in batch:
        turn = taken.after.is_open - taken.before.is_open
        if taken.after.parent_id is not None and turn:
            _count(taken.after.parent_id, turn)


def _count(parent_id: int, turn: int) -> None:
    """Added to what stands there: other children of it turn at the same time, without its lock."""
    Case.objects.filter(id=parent_id).update(open_children=F("open_children") + turn)
