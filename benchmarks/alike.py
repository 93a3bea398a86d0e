"""Which of a million stored pictures might be the same as the ones given with a closing.

The peer is what is asked for: 10 ms for a closing with one photo. Keeping a photo's row is told next to it.
Usage: BENCH_ROWS=1000000 python benchmarks/alike.py
"""

import os
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import _node

if TYPE_CHECKING:
    from gezhi.cases.likeness import Look

ASKED_FOR = 10  # ms
ROUNDS = 20
PART = 100_000  # rows a statement

CASES = """
INSERT INTO cases_case (id, number, pack_version_id, procedure, category, title, state, is_open, place_code, address,
    occurred_at, opened_at, state_at, due_at, closed_at, unit_id, report_count, reopen_count, overdue_count, version,
    match_key)
SELECT n, 'B' || n, (SELECT max(id) FROM packs_packversion), 'standard', 'any', '路灯不亮', 'rated', false,
    '3302' || lpad((n * 7919 %% 20000)::text, 11, '0'), '', now(), now(), now(), NULL, now(), 1000 + n %% 3000,
    1, 0, 0, 7, n
FROM generate_series(1, %(last)s / 4 + 1) AS n
"""
# Sixty words a picture, as `likeness.Look` has them. Some values are far more frequent than others, most of all in the
# coarse bands, and ten pictures of one place have a fifth of their words in common.
PICTURES = """
INSERT INTO cases_evidence (key, case_id, sha256, original_sha256, content_type, size, width, height, stored_at, look,
    look_bands)
SELECT gen_random_uuid(), 1 + n / 4, repeat('a', 64), repeat('b', 64), 'image/jpeg', 200000, 1600, 1200, now(),
    decode(md5(n::text) || md5('x' || n), 'hex'),
    (SELECT array_agg((band << 16) | floor(65536 * power(
        CASE WHEN random() < 0.2 THEN (hashint8(n / 10 * 60 + word)::bigint + 2147483648) / 4294967296.0
        ELSE random() END, CASE WHEN band < 4 THEN 2.0 ELSE 1.5 END))::int ORDER BY word)
    FROM (SELECT word, CASE WHEN word < 24 THEN word ELSE (word - 24) %% 4 END AS band
        FROM generate_series(0, 59) AS word WHERE n > 0) AS bands)
FROM generate_series(%(first)s, %(last)s) AS n
"""
ONE_MORE = """
INSERT INTO {table} (id, key, case_id, sha256, original_sha256, content_type, size, width, height, stored_at, kind,
    look, look_bands)
SELECT nextval('cases_evidence_id_seq'), gen_random_uuid(), case_id, sha256, original_sha256, content_type, size,
    width, height, stored_at, kind, look, look_bands
FROM cases_evidence WHERE id >= %(first)s ORDER BY id LIMIT 1
"""


def main() -> None:
    rows = int(os.environ.get("BENCH_ROWS", "1000000"))
    _node.start()
    from gezhi.config.walls import as_owner

    with as_owner():  # of the table beside, as of the others
        _build_and_tell(rows)


def _build_and_tell(rows: int) -> None:
    _build(rows)
    single, batch = _reading(rows, 1), _reading(rows, 30)
    kept, bare = _keeping(rows, "cases_evidence"), _keeping(rows, "bare")
    _node.tell("alike-1-photo", single, "ms", "asked for, at most", ASKED_FOR, rows=rows)
    _node.tell("alike-30-photos", batch, "ms", "asked for, at most", ASKED_FOR * 30, rows=rows)
    _node.tell("alike-kept", kept, "ms a photo", "a table without indexes", bare, rows=rows)


def _build(rows: int) -> None:
    create = _definition()
    _run("DROP INDEX evidence_look")
    _run(CASES, last=rows)
    for first in range(1, rows + 1, PART):
        _run(PICTURES, first=first, last=min(first + PART - 1, rows))
    _run("SET maintenance_work_mem = '512MB'")
    _run(create)
    _run("CREATE TABLE bare (LIKE cases_evidence)")
    for table in ("cases_evidence", "cases_case"):
        _run(f"VACUUM ANALYZE {table}")


def _definition() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('evidence_look'::regclass)")
        return str(cursor.fetchone()[0])


def _reading(rows: int, photos: int) -> float:
    """The median of different pictures each time, in ms."""
    from gezhi.cases.queries.closing_facts import read_like

    chance = random.Random(photos)
    asked = [[_look(chance.randint(1, rows)) for _ in range(photos)] for _ in range(ROUNDS)]
    return statistics.median(_timed(partial(read_like, looks, [1])) for looks in asked)


def _look(pk: int) -> "Look":
    from gezhi.cases.likeness import Look
    from gezhi.cases.models import Evidence

    whole, bands = Evidence.objects.filter(pk__gte=pk).order_by("pk").values_list("look", "look_bands")[0]
    assert whole
    assert bands
    return Look(bytes(whole), tuple(bands))


def _keeping(rows: int, table: str) -> float:
    """The median of one row a transaction, in ms."""
    chance, statement = random.Random(rows), ONE_MORE.format(table=table)
    return statistics.median(
        _timed(lambda: _run(statement, first=chance.randint(1, rows))) for _ in range(ROUNDS * 10)
    )


def _run(statement: str, **values: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
