"""Many open cases at once, written by one statement: each in the hands of a unit, with its first event."""

from datetime import datetime, timedelta

OPEN = """
INSERT INTO cases_case (id, number, pack_version_id, procedure, category, title, state, is_open, place_code, lon, lat,
    address, occurred_at, opened_at, state_at, due_at, unit_id, suggested_unit_id, report_count, reopen_count,
    overdue_count, version, match_key)
SELECT n, 'S' || lpad(n::text, 11, '0'), %(pack)s, 'standard', 'matter-06010', '路面有垃圾', 'handling', true,
    (%(places)s::text[])[1 + n %% %(many)s], 121.5, 29.8, '', %(opened)s, %(opened)s, %(opened)s,
    CASE WHEN n %% %(every)s = 0 THEN %(now)s::timestamptz + (n %% 60) * interval '1 second'
         ELSE %(now)s::timestamptz + interval '5 days' + (n %% 1000) * interval '1 minute' END,
    %(unit)s, %(unit)s, 1, 0, 0, 1, n
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
EVENTS = """
INSERT INTO cases_caseevent (case_id, seq, at, transition, kind, from_state, to_state, account_id, role, text, facts,
    due_at, salt)
SELECT id, 1, opened_at, 'receive', 'receive', 'dispatched', 'handling', NULL, 'handler', '', '{}', due_at, ''
FROM cases_case WHERE id BETWEEN %(first)s AND %(last)s
"""
SHARES = """
INSERT INTO cases_assignment (case_id, unit_id, kind, state, assigned_at, received_at, outcome)
SELECT id, unit_id, 'lead', 'received', opened_at, opened_at, '' FROM cases_case
WHERE id BETWEEN %(first)s AND %(last)s
"""


def add(first: int, last: int, now: datetime, falling_due: int) -> None:
    """Cases first..last; `falling_due` of them within the minute after `now`, the others days later."""
    from django.db import connection, transaction

    from gezhi.cases.world import world
    from gezhi.config.walls import as_owner
    from tests import cast

    values = {
        "first": first,
        "last": last,
        "now": now,
        "opened": now - timedelta(hours=6),
        "every": (last - first + 1) // falling_due,
        "pack": world().catalogue.pack_version_id("matter-06010"),
        "places": list(cast.WEST),
        "many": len(cast.WEST),
        "unit": cast.here().units["haishu-works"],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (OPEN, EVENTS, SHARES):
            cursor.execute(statement, values)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT setval('cases_case_id_seq', %s)", [last])
        cursor.execute("VACUUM ANALYZE cases_case, cases_caseevent, cases_assignment")
