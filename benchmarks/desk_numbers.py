"""The inbox, the board and the statistics over 200,000 open cases of one unit: p95 of whole requests.

The peer is an empty view behind the same middleware and sign-in, in the same run: what the framework alone takes.
"""

import statistics
import time
from datetime import UTC, datetime

import _node
import _open_cases

CASES, LATE = 200_000, 2_000
REQUESTS = 20
PAGES = (
    ("handler", "/desk/inbox/"),
    ("handler", "/desk/board/"),
    ("supervisor", "/desk/board/"),
    ("supervisor", "/desk/board/?place=330203001001&category=matter-06010"),
    ("supervisor", "/desk/statistics/"),
    ("supervisor", "/desk/statistics/?by=day&place=330203000000"),
)


def main() -> None:
    _node.start()
    from django.db import connection

    from gezhi.config.walls import as_owner
    from gezhi.insight.actions.tallying import tally_all

    _open_cases.add(1, CASES, datetime.now(UTC), LATE)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    tally_all()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE insight_tally")
    empty = _times("handler", "/desk/sign-in/")
    for who, path in PAGES:
        taken = _times(who, path)
        _node.tell(
            f"{who} {path}", _p95(taken) * 1000, "ms p95", "empty page", _p95(empty) * 1000, cases=CASES
        )
    _node.tell("inbox-badge", _badge() * 1000, "ms p95", "empty page", _p95(empty) * 1000, cases=CASES)


def _badge() -> float:
    """The one statement that every page of the desk pays."""
    from gezhi.cases.queries.inbox import sources_of, unseen
    from gezhi.cases.world import world
    from tests import cast

    actor, now, taken = cast.here().actor("handler"), datetime.now(UTC), []
    sources = sources_of(actor, world())
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        assert unseen(sources, actor.account_id, now)
        taken.append(time.perf_counter() - begun)
    return _p95(taken)


def _times(who: str, path: str) -> list[float]:
    from django.test import Client

    from gezhi.people.models import Account

    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(username=who))
    client.get(path)
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        answer = client.get(path)
        taken.append(time.perf_counter() - begun)
        assert answer.status_code in (200, 302), answer.status_code
    return taken


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
