"""What the second wall costs: whole requests with row-level security on and off, in turns, in one run.

Off: the policies of all walled tables are disabled by their owner, so that PostgreSQL asks none; nothing else differs.
WALL_CASES says how many cases there are, each with a reporter (100,000).
"""

import os
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import _node
import _open_cases

CASES: Final = int(os.environ.get("WALL_CASES", "100000"))
TURNS: Final = int(os.environ.get("WALL_TURNS", "20"))  # on and off, one after the other
EACH: Final = 10  # requests of each kind in a turn
REPORTS: Final = """
INSERT INTO cases_report (id, case_id, source, source_id, tracking_code, text, lon, lat, place_code, address, category,
    language, attributes, occurred_at, received_at, rating_text, salt, words)
SELECT id, id, 'portal', number, 'T' || lpad(id::text, 11, '0'), title, lon, lat, place_code, '', '', 'zh-hans', '{}',
    opened_at, opened_at, '', ''::bytea, ''::tsvector FROM cases_case
"""
REPORTERS: Final = """
INSERT INTO cases_reporter (report_id, name, phone, email)
SELECT id, '王' || id, '139' || lpad(id::text, 8, '0'), '' FROM cases_case
"""


def main() -> None:
    _node.start()
    from django.db import connection, transaction

    from gezhi.config.walls import as_owner
    from gezhi.lib.reach import EVERYTHING, within

    _open_cases.add(1, CASES, datetime.now(UTC), 200)
    with within(EVERYTHING), transaction.atomic(), connection.cursor() as cursor:
        for statement in (REPORTS, REPORTERS):
            cursor.execute(statement)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for name in ("cases_case", "cases_report"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), %s)", [CASES + 1])
    _compare(_asked())


def _compare(kinds: dict[str, Callable[[], None]]) -> None:
    took: dict[tuple[str, bool], list[float]] = {(name, on): [] for name in kinds for on in (True, False)}
    for turn in range(2 * TURNS):
        on = turn % 2 == 0
        _switch(on)
        for name, ask in kinds.items():
            ask()  # plans and caches of this turn
            for _ in range(EACH):
                begun = time.perf_counter()
                ask()
                took[name, on].append(1000 * (time.perf_counter() - begun))
    _switch(True)
    for name in kinds:
        with_wall, without = took[name, True], took[name, False]
        _node.tell(
            f"wall: {name}",
            statistics.median(with_wall),
            "ms",
            "the same without policies",
            statistics.median(without),
            p95=round(_p95(with_wall), 3),
            p95_without=round(_p95(without), 3),
            best=round(min(with_wall), 3),
            best_without=round(min(without), 3),
            requests=len(with_wall),
            cases=CASES,
        )


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def _switch(on: bool) -> None:
    from django.db import connection

    from gezhi.config.walls import BEHIND, as_owner

    with as_owner(), connection.cursor() as cursor:
        for table in BEHIND:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} ROW LEVEL SECURITY")


def _asked() -> dict[str, Callable[[], None]]:
    """Each kind of request, as a person makes it; the unmasking and the intake are rolled back."""
    from django.db import transaction
    from django.test import Client

    from gezhi.cases.intake.door import accept
    from gezhi.lib.reach import NOTHING, within
    from gezhi.people.models import Account
    from tests.cast import report

    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(username="dispatcher"))
    number = f"S{CASES // 2:011d}"

    def page(path: str) -> Callable[[], None]:
        def ask() -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}.")

        return ask

    def unmasked() -> None:
        with suppress(_RolledBack), transaction.atomic():
            client.post(f"/desk/cases/{number}/contact/", {"purpose": "handling", "reason": "约时间入户"})
            raise _RolledBack

    def taken_in() -> None:
        with within(NOTHING), suppress(_RolledBack), transaction.atomic():
            accept([report(reporter_name="王小明", reporter_phone="13800001234") for _ in range(20)])
            raise _RolledBack

    def exported() -> None:
        with suppress(_RolledBack), transaction.atomic():
            answer = client.post("/desk/cases/export/?status=open&text=S0000000")
            b"".join(answer) if answer.streaming else answer.content
            raise _RolledBack

    return {
        "work list of 50": page("/desk/cases/?status=open"),
        "case page": page(f"/desk/cases/{number}/"),
        "mask lifted": unmasked,
        "intake of 20 reports": taken_in,
        "export": exported,
        "who reported 1,000 cases": _contacts,
    }


class _RolledBack(Exception):
    """What a turn did is taken back."""


def _contacts() -> None:
    """The query itself, within the reach of a dispatcher of one county."""
    from gezhi.cases.queries import reach_of
    from gezhi.cases.queries.contact import contacts_of
    from gezhi.lib.reach import within
    from tests import cast

    with within(reach_of(cast.here().actor("dispatcher"))):
        contacts_of(range(1, 1001))


if __name__ == "__main__":
    main()
