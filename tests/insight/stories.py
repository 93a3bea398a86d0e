"""Cases whose events happened when a test says so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gezhi.cases.models import Case, CaseEvent
from tests import cast

ZONE: Final = ZoneInfo("Asia/Shanghai")
START: Final = datetime(2026, 7, 6, 9, tzinfo=ZONE)  # a Monday
HOURS: Final = timedelta(hours=1)
STATES: Final = {
    "accept": "filed",
    "dispatch": "dispatched",
    "receive": "handling",
    "finish": "handled",
    "verify": "closed",
    "rate": "rated",
    "reopen": "filed",
    "return": "filed",
    "rework": "dispatched",
    "overturn": "filed",
    "withdraw": "withdrawn",
}

Step = tuple[str, float] | tuple[str, float, dict[str, object]]


def happened(steps: Sequence[Step], *, at: datetime = START, **fields: object) -> Case:
    """A case reported at `at`. A step: kind, hours after that, and what is said with it: `unit`, `rating`, `due` (hours
    after `at` when the limit then in force ends), `role`, `account`."""
    receipt = cast.reported(now=at, **{"category": cast.LAMP} | fields)
    case = Case.objects.get(pk=receipt.case_id)
    state = case.state
    for seq, (kind, hours, *more) in enumerate(steps, start=2):
        said = dict(more[0]) if more else {}
        before, state = state, STATES.get(kind, state)
        CaseEvent.objects.create(
            case=case,
            seq=seq,
            at=at + hours * HOURS,
            transition=kind,
            kind=kind,
            from_state=before,
            to_state=state,
            role=said.get("role", "staff"),
            account_id=said.get("account"),
            due_at=at + float(str(said["due"])) * HOURS if "due" in said else None,
            facts={key: said[key] for key in ("unit", "rating") if key in said},
            salt=b"",
        )
    Case.objects.filter(pk=case.pk).update(
        state=state, is_open=False
    )  # so that the next report opens another
    return case


def handled(unit: int, *, done: float = 5, due: float = 24, rating: int | None = None) -> list[Step]:
    """The straight way: dispatched after one hour, received after two, done, verified an hour later."""
    steps: list[Step] = [
        ("dispatch", 1, {"unit": unit, "due": due}),
        ("receive", 2, {"due": due}),
        *([("overdue", due, {"due": due})] if done > due else []),  # type: ignore[list-item]
        ("finish", done, {"due": done + 24}),
        ("verify", done + 1),
    ]
    return [*steps, *([("rate", done + 2, {"rating": rating, "role": "reporter"})] if rating else [])]  # type: ignore[list-item]
