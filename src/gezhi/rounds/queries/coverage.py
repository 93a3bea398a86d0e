"""How much of the plans was done, per plan and per place below."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from gezhi.lib.codes import level_of, padded
from gezhi.places.queries import children
from gezhi.rounds.models import Round
from gezhi.rounds.queries.rounds import within_places

_DIGITS = (2, 4, 6, 9, 12, 16)  # of a code, by level


@dataclass(frozen=True, slots=True)
class Covered:
    """Rounds by state. `share`: done of all whose time is over or that are done; None while there is none."""

    due: int = 0
    done: int = 0
    missed: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.due + self.done + self.missed + self.skipped

    @property
    def share(self) -> float | None:
        over = self.done + self.missed
        return self.done / over if over else None


def coverage(place: str, since: datetime, until: datetime, plan: str = "") -> dict[str, Covered]:
    """By plan; or, of one plan, by the places one level down. Rounds due after `since` until `until`."""
    rounds = Round.objects.filter(within_places([place]), due_at__gt=since, due_at__lte=until)
    if not plan:
        return _counted(rounds.values_list("plan", "state"))
    below = children(place).values_list("code", flat=True).first()
    digits = _DIGITS[level_of(below or place)]
    below_it = rounds.filter(plan=plan).annotate(below=Substr("place_code", 1, digits))
    counted = _counted(below_it.values_list("below", "state"))
    return {padded(code): one for code, one in counted.items()}


def _counted(rows: QuerySet[Round, tuple[str, str]]) -> dict[str, Covered]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for of, state, number in rows.annotate(number=Count("id")).order_by():
        counts[of][state] = number
    return {of: Covered(**states) for of, states in counts.items()}
