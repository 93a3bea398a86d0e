"""Open cases that circulate emptily, in the places of a person's posts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from gezhi.cases.circulation import ANEW, AWAY, DONE, GIVEN, Circle, Turn, circle_of
from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.queries.scope import reached
from gezhi.cases.queries.standing import standing_events
from gezhi.lib.codes import place_range
from gezhi.packs.shapes import Kind
from gezhi.people.access import Actor

LOOKED_AT: Final = 2_000  # those that most happened to
SENT: Final = (Kind.RETURN.value, Kind.TRANSFER.value, Kind.SPLIT.value)


@dataclass(frozen=True, slots=True)
class Circling:
    case: Case
    circle: Circle


def circling(actor: Actor, text: str = "", place: str = "", unit_id: int | None = None) -> list[Circling]:
    """The worst first. `text`: a case's number or words of its title; `unit_id`: a unit on the way. Two statements."""
    cases = {case.pk: case for case in _candidates(actor, text, place)}
    turns = _turns(list(cases))
    found = [Circling(cases[pk], circle) for pk, of in turns.items() if (circle := circle_of(of))]
    if unit_id is not None:
        found = [one for one in found if unit_id in one.circle.path]
    return sorted(found, key=lambda one: (-one.circle.sent_on, one.circle.since))


def _candidates(actor: Actor, text: str, place: str) -> Sequence[Case]:
    asked = reached(actor) & Q(is_open=True)
    if text:
        asked &= Q(number=text) | Q(title__contains=text)
    if place:
        low, high = place_range(place)
        asked &= Q(place_code__gte=low, place_code__lt=high)
    sent = CaseEvent.objects.filter(kind__in=SENT).values("case_id")
    return list(Case.objects.filter(asked, id__in=sent).order_by("-version", "-id")[:LOOKED_AT])


def _turns(case_ids: Sequence[int]) -> Mapping[int, list[Turn]]:
    if not case_ids:
        return {}
    kinds = [kind.value for kind in GIVEN | AWAY | DONE | ANEW | {Kind.SPLIT, Kind.JOIN}]
    rows = standing_events().filter(case_id__in=case_ids, kind__in=kinds).order_by("case_id", "seq")
    found: dict[int, list[Turn]] = defaultdict(list)
    for case_id, at, kind, unit_id, facts in rows.values_list("case_id", "at", "kind", "unit_id", "facts"):
        given = facts.get("unit") if Kind(kind) in GIVEN else None
        unit = given if isinstance(given, int) else unit_id
        found[case_id].append(Turn(at, Kind(kind), unit, joins=kind == Kind.JOIN and "from" in facts))
    return found
