"""One request, or one question to an action, for each filter that the matrix of addresses passes by: because another
check stands before it, or because what it keeps away has to be made first.

A probe makes what it needs, asks, and says in words what it saw that must not be; "" where all is as it should be. With
the filter as it is each must say nothing; with the filter taken out, something.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from unittest import mock

from django.db import transaction
from django.utils import timezone

from tests.access import weighing
from tests.access.ground import PLACES
from tests.access.routes import Ask
from tests.cast import WANAN

if TYPE_CHECKING:
    from gezhi.people.access import Actor, HeldPost
    from tests.access.matrix import Matrix

Probe = Callable[["Matrix"], str]
PROBES: Final[dict[str, Probe]] = {}
DONE: Final = "was done"


def of(*keys: str) -> Callable[[Probe], Probe]:
    """The filters that a probe is for: the beginning of file, function and words."""

    def keep(probe: Probe) -> Probe:
        PROBES.update(dict.fromkeys(keys, probe))
        return probe

    return keep


def probe_of(key: str) -> Probe | None:
    return next((probe for begin, probe in PROBES.items() if key.startswith(begin)), None)


def said(matrix: "Matrix", probe: Probe) -> str:
    """What the probe says; all that it made is taken back."""
    from tests.access.matrix import unhurried

    point = transaction.atomic()
    point.__enter__()
    weighing.forget()
    try:
        with unhurried():
            return probe(matrix)
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
        weighing.forget()


def noticed(matrix: "Matrix", probe: Probe) -> str:
    """The same with a filter taken out: what breaks without it is noticed as well."""
    try:
        return said(matrix, probe)
    except Exception as error:  # whatever the application raises in a place that it never comes to
        return f"broke: {error!r}"


# How probes ask.


def month() -> str:
    return f"count=reported&period={timezone.localdate():%Y-%m}&level=unit"


def case_id(matrix: "Matrix", at: str) -> int:
    return int(matrix.town.ids[at]["case_id"])


def unit_id(matrix: "Matrix", at: str) -> int:
    return int(matrix.town.ids[at]["unit"])


def actor(matrix: "Matrix", seat: str) -> "Actor":
    from gezhi.people.access import actor_of

    return actor_of(matrix.town.accounts[seat], timezone.localdate())


def held(role: str, place: str, number: int = 1, unit: int = 1, for_id: int | None = None) -> "HeldPost":
    from gezhi.people.access import HeldPost

    return HeldPost(number, role, unit, "x", place, for_id)


def with_posts(*posts: "HeldPost") -> "Actor":
    from gezhi.people.access import Actor

    return Actor(1, "x", posts)


def shown(matrix: "Matrix", seat: str, path: str) -> str:
    """The first sign in the answer that the oracle forbids."""
    from tests.access.matrix import Tried

    tried = Tried()
    matrix.one(seat, Ask(path.partition("?")[0].strip("/"), "GET", path), tried)
    return str(tried.leaks[0]) if tried.leaks else "".join(tried.broken)


def told(matrix: "Matrix", seat: str, path: str, text: str) -> str:
    """The text, if the answer holds it."""
    return (
        f"{seat} GET {path} says {text}" if text in weighing.body(matrix, seat, Ask("", "GET", path)) else ""
    )


def refused(
    matrix: "Matrix",
    seat: str,
    path: str,
    method: str = "GET",
    statuses: Sequence[int] = (403, 404, 422),
    **data: str,
) -> str:
    """The status, if it is not one of a refusal."""
    answer = matrix._send(seat, Ask("", method, path, data=tuple(data.items())))
    return "" if answer.status_code in statuses else f"{seat} {method} {path}: {answer.status_code}"


def weighs(matrix: "Matrix", seat: str, path: str, add: Callable[[], object]) -> str:
    """The first words that differ once more lies where the seat sees nothing."""
    ask = Ask("", "GET", path)
    with mock.patch("django.utils.timezone.now", return_value=timezone.now()):
        weighing.body(matrix, seat, ask)  # what an answer leaves behind for the next is there already
        weighing.forget()
        before = weighing.body(matrix, seat, ask)
        add()
        weighing.forget()
        after = weighing.body(matrix, seat, ask)
    return f"{seat} {path} {weighing.first_difference(before, after)}" if before != after else ""


def done(act: Callable[[], object]) -> str:
    """Whether an action did it."""
    from gezhi.insight.actions.appeals import AppealRefused
    from gezhi.lib.refused import Refused

    try:
        act()
    except (Refused, AppealRefused):
        return ""
    return DONE


# What probes make.


def more(matrix: "Matrix", at: str) -> None:
    weighing.add_more(matrix.town, at)


def tally(matrix: "Matrix", at: str, category: str = "matter-01037", many: int = 1) -> None:
    """Reports as appraisals count them; those of the town itself in its second grid."""
    from gezhi.insight.models import Tally

    case, place = case_id(matrix, at), f"{WANAN}002" if at == "own" else PLACES[at]
    Tally.objects.bulk_create(
        Tally(
            case_id=case, origin=1, ref=1 + n, at=timezone.now() - timedelta(minutes=1), unit_id=unit_id(matrix, at),
            place_code=place, category=category, flags=weighing.EVERY_FLAG, minutes=7,
        )
        for n in range(many)
    )  # fmt: skip


def look(
    matrix: "Matrix", who: str, at: str, until: datetime | None = None, *, nowhere: bool = False
) -> None:
    """Somebody looked at who reported there. `until`: a mask is lifted; `nowhere`: kept without a place."""
    from gezhi.people.actions import record_lookup
    from gezhi.people.looking import Look

    town = matrix.town
    record_lookup(
        Look(
            account_id=town.accounts[who].pk, purpose="handling", subject_kind="report",
            subject_id=int(town.ids[at]["report"]), fields=("phone",), grade=4, way="page",
            reason=town.word("look", 3, at, owner=who), case_id=case_id(matrix, at),
            place_code="" if nowhere else PLACES[at], address="198.51.100.7", shown_until=until,
        )
    )  # fmt: skip


def copies(number: str, **changes: object) -> Iterator[int]:
    """Seven more of a case, with something changed."""
    from gezhi.cases.models import Case

    for n in range(weighing.MORE):
        one = Case.objects.get(number=number)
        one.pk, one.number = None, f"{number}y{n}"
        for name, value in changes.items():
            setattr(one, name, value)
        one.save(force_insert=True)
        yield one.pk


def hidden(matrix: "Matrix") -> None:
    """Incidents where the posts of the town see all else: some since days, some with an event of today."""
    from gezhi.cases.models import CaseEvent

    now, number = timezone.now(), matrix.town.ids["child"]["incident"]
    event = CaseEvent.objects.filter(case__number=number).latest("seq")
    for n, pk in enumerate(
        copies(number, opened_at=now - timedelta(days=3), due_at=now - timedelta(hours=1))
    ):
        event.pk, event.case_id, event.seq, event.at = None, pk, 1, now - timedelta(minutes=n)
        if n % 2:
            event.save(force_insert=True)
