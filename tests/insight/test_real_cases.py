"""Tallies of cases that the engine itself moved, and of cases to which anything happened in any order."""

import random
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from gezhi.cases.models import Case, CaseEvent
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.models import Tally
from gezhi.insight.periods import Period
from gezhi.insight.queries.checking import differences
from gezhi.insight.queries.figures import figures
from tests import cast
from tests.cases.test_long_story import posts
from tests.cases.test_long_story import test_the_whole_story_is_lived_and_told as live
from tests.insight.stories import HOURS, START

__all__ = ["posts"]
KINDS = (
    *("accept", "dispatch", "dispatch", "receive", "finish", "finish", "verify", "rework", "return", "rate"),
    *(
        "reopen",
        "overturn",
        "overdue",
        "extend",
        "suspend",
        "resume",
        "join",
        "transfer",
        "withdraw",
        "close",
    ),
)
STATES = ("registered", "filed", "dispatched", "handling", "handled", "closed", "rated", "archived")
CASES = 250


def test_the_story_of_many_deviations_is_counted_as_its_events_say(posts: cast.Cast, client: Client) -> None:
    live(posts, client)
    tally_all()
    assert list(differences()) == []
    case = Case.objects.get()
    counted = figures(Period.of("month", timezone.localdate(case.opened_at)), "all").row("")
    later = figures(Period.of("month", timezone.localdate(case.opened_at)).next(), "all").row("")
    total = {name: counted[name] + later.get(name, 0) for name in counted}
    assert total["whistled"] >= 2 and total["absent"] == 1 and total["reported_in"] >= 1
    assert total["closed"] == 2 and total["reopened"] + total["overturned"] >= 1
    assert total["yellow_cards"] + total["red_cards"] >= 1


def test_whatever_happens_in_whatever_order_both_ways_of_counting_agree(city: cast.Cast) -> None:
    rng = random.Random(20260706)
    worker = city.account("grid-worker").pk
    for _ in range(CASES):
        own = {"source": "field", "submitted_by_id": worker} if rng.random() < 0.4 else {}
        at = START + timedelta(hours=rng.randrange(24 * 20))
        grid = rng.choice(list(cast.WEST))
        receipt = cast.reported(now=at, grid=grid, category=rng.choice([cast.LAMP, cast.RUBBISH]), **own)
        _live(receipt.case_id, rng, list(city.units.values()))
    tally_all()
    assert Tally.objects.count() > CASES * 2
    assert list(differences()) == []
    july = figures(Period("month", "2026-07"), "all").row("")
    assert all(july[name] for name in SEEN)


SEEN = (
    *(
        "own",
        "missed",
        "returned",
        "reworked",
        "extended",
        "handled_on_time",
        "overdue_open",
        "closed_on_time",
    ),
    *("reopened", "overturned", "formal_closed", "rated_dissatisfied", "response_minutes"),
)


def _live(case_id: int, rng: random.Random, units: list[int]) -> None:
    at, state = Case.objects.values_list("opened_at", flat=True).get(pk=case_id), "registered"
    events = []
    for seq in range(2, rng.randrange(3, 14)):
        kind, before = rng.choice(KINDS), state
        at += rng.random() * 20 * HOURS
        state = state if kind in ("join", "overdue", "rate") else rng.choice(STATES)
        facts: dict[str, object] = {}
        if kind in ("dispatch", "transfer") or (kind != "join" and rng.random() < 0.05):
            facts["unit"] = rng.choice(units)
        if kind in ("return", "reopen", "withdraw"):
            facts["unit"] = None
        if kind == "rate":
            facts["rating"] = rng.randint(1, 5)
        due = at + rng.choice([-3, 5, 30]) * HOURS if rng.random() < 0.8 and kind != "join" else None
        events.append(
            CaseEvent(
                case_id=case_id,
                seq=seq,
                at=at,
                transition=kind,
                kind=kind,
                from_state=before,
                to_state=state,
                role=rng.choice(["reporter", "staff"]),
                due_at=due if due or kind != "overdue" else at,
                facts=facts | ({"source": "portal"} if kind == "join" else {}),
                salt=b"",
            )
        )
    CaseEvent.objects.bulk_create(events)
    Case.objects.filter(pk=case_id).update(is_open=False)
