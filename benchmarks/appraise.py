"""An appraisal of a month: tallying every case of 3,000 units, ranking the units, and catching up with 1,000 events.

The peer is reading: one pass over the same events that only groups them by kind, in the same run.
Usage: python benchmarks/appraise.py [cases, 1000000 unless told]
"""

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext

import _node

UNITS = 3_000
GRIDS = 20_000
EVENTS = 1_000

CASES = """
INSERT INTO cases_case (id, number, pack_version_id, procedure, category, title, state, is_open, place_code, address,
    occurred_at, opened_at, state_at, due_at, closed_at, unit_id, report_count, reopen_count, overdue_count, version,
    match_key)
SELECT n, 'B' || n, %(pack)s, 'standard', (%(categories)s::text[])[1 + n %% %(kinds)s], '路灯不亮', 'rated', false,
    '3302' || lpad((n * 7919 %% %(grids)s)::text, 11, '0'), '', at, at, at, NULL, at + interval '30 hours',
    1000 + n * 31 %% %(units)s, 1, 0, 0, 7, n
FROM (SELECT n, timestamptz '2026-07-01 00:00+08' + n * interval '30 days' / %(cases)s AS at
    FROM generate_series(1::bigint, %(cases)s) AS n) AS cases
"""
STORY = """
INSERT INTO cases_caseevent (case_id, seq, at, transition, kind, from_state, to_state, role, text, facts, due_at, salt)
SELECT c.id, s.seq, c.opened_at + s.after, s.kind, s.kind, s.before, s.state,
    CASE WHEN s.kind IN ('report', 'rate') THEN 'reporter' ELSE 'staff' END, '',
    CASE s.kind WHEN 'report' THEN jsonb_build_object('report', c.id, 'category', c.category,
            'source', CASE c.id %% 3 WHEN 0 THEN 'field' ELSE 'hotline' END)
        WHEN 'dispatch' THEN jsonb_build_object('unit', c.unit_id)
        WHEN 'rate' THEN jsonb_build_object('rating', 1 + c.id %% 5) ELSE '{}' END,
    CASE WHEN s.due IS NOT NULL THEN c.opened_at + s.due END, ''
FROM cases_case c, (VALUES
    (1, 'report', '', 'registered', interval '0', interval '2 hours'),
    (2, 'accept', 'registered', 'filed', '20 minutes', '2 hours'),
    (3, 'dispatch', 'filed', 'dispatched', '40 minutes', '3 hours'),
    (4, 'receive', 'dispatched', 'handling', '1 hour', '24 hours'),
    (5, 'overdue', 'handling', 'handling', '24 hours', '24 hours'),
    (6, 'finish', 'handling', 'handled', '26 hours', '40 hours'),
    (7, 'verify', 'handled', 'closed', '30 hours', '90 hours'),
    (8, 'rate', 'closed', 'rated', '40 hours', NULL)) AS s(seq, kind, before, state, after, due)
WHERE s.kind <> 'overdue' OR c.id %% 9 = 0
"""
MORE = """
INSERT INTO cases_caseevent (case_id, seq, at, transition, kind, from_state, to_state, role, text, facts, salt)
SELECT n * %(step)s, 9, timestamptz '2026-07-31 09:00+08', 'reopen', 'reopen', 'rated', 'filed', 'reporter', '',
    '{"unit": null}', '' FROM generate_series(1::bigint, %(events)s) AS n
"""


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    _node.start()
    _build(cases)
    from gezhi.insight.actions.tallying import tally_all, tally_new

    reading = _timed(lambda: _run("SELECT kind, count(*) FROM cases_caseevent GROUP BY kind", {}))
    full = _timed(lambda: tally_all(workers=2))
    _run("VACUUM ANALYZE insight_tally", {})
    ranking = _timed(_rank)
    _run(MORE, {"step": max(cases // EVENTS, 1), "events": EVENTS})
    again = _timed(tally_new)
    more = {"cases": cases, "units": UNITS}
    _node.tell(
        "appraise-all",
        full + ranking,
        "s",
        "reading the events once",
        reading,
        ranking=round(ranking, 2),
        **more,
    )
    _node.tell("appraise-1000-events", again, "s", "reading the events once", reading, **more)


def _build(cases: int) -> None:
    from gezhi.cases.world import world

    catalogue = world().catalogue
    categories = [category.key for category in catalogue.reportable]
    values: dict[str, object] = {"cases": cases, "categories": categories, "kinds": len(categories)}
    values |= {"pack": catalogue.pack_version_id(categories[0]), "units": UNITS, "grids": GRIDS}
    for statement in (CASES, STORY, "VACUUM ANALYZE"):
        _run(statement, values)


def _rank() -> None:
    from gezhi.insight.counts import NAMES
    from gezhi.insight.periods import Period
    from gezhi.insight.queries.figures import figures

    found = figures(Period("month", "2026-07"), "unit")
    assert len(found.keys) == UNITS
    assert len(found.columns) == len(NAMES)


def _run(statement: str, values: dict[str, object]) -> None:
    from django.db import connection

    from gezhi.config.walls import as_owner

    with as_owner() if statement.startswith("VACUUM") else nullcontext(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
