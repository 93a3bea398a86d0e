"""What the door must know from the database: ids, reports accepted before, open cases nearby. One statement each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import connection

from gezhi.cases.intake.drafting import Draft
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.matching import PER_CELL, Matter
from gezhi.ledger.queries import STAMP

LOCKS = 256  # advisory locks; two processes that take reports of one cell take turns
LOCK_SPACE = 7207

TAKE_IDS = f"""
SELECT nextval('cases_case_id_seq'), nextval('cases_report_id_seq'), {STAMP}
FROM generate_series(1, %s)
"""
KNOWN = """
SELECT known.* FROM (SELECT count(pg_advisory_xact_lock(%s, key)) FROM unnest(%s::int[]) AS key) AS locks
LEFT JOIN LATERAL (
    SELECT r.source, r.source_id, r.id, r.tracking_code, r.case_id, c.number, c.state, c.category, c.place_code
    FROM unnest(%s::text[], %s::text[]) AS said(source, source_id)
    JOIN cases_report r USING (source, source_id)
    JOIN cases_case c ON c.id = r.case_id
) AS known ON true
"""
CANDIDATES = """
SELECT cell.key, c.id, c.category, c.place_code, c.occurred_at, c.lon, c.lat, c.title
FROM unnest(%s::bigint[], %s::text[]) AS cell(key, category)
CROSS JOIN LATERAL (
    SELECT * FROM cases_case
    WHERE is_open AND match_key = cell.key AND category = cell.category
    ORDER BY occurred_at DESC LIMIT %s
) AS c
"""


def take_ids(count: int) -> tuple[list[tuple[int, int]], int]:
    """`count` pairs of (case id, report id), and the configuration's stamp."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_IDS, [max(count, 1)])
        rows = cursor.fetchall()
    return [(case, report) for case, report, _ in rows], int(rows[0][2])


def lock_and_find_known(drafts: Sequence[Draft]) -> dict[tuple[str, str], Receipt]:
    """Takes turns on the cells of the batch, in one order, and finds what was accepted before."""
    locks = sorted({key % LOCKS for draft in drafts for key, _ in draft.cells})
    sources = [draft.report.source for draft in drafts]
    source_ids = [draft.report.source_id for draft in drafts]
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [LOCK_SPACE, locks, sources, source_ids])
        rows = cursor.fetchall()
    return {
        (source, source_id): Receipt(pk, code, case, number, state, category, place, joined=False, known=True)
        for source, source_id, pk, code, case, number, state, category, place in rows
        if source is not None
    }


def open_cases_near(drafts: Sequence[Draft]) -> Iterator[tuple[int, Matter]]:
    """(match key, case) for the newest open cases of every cell that the batch touches."""
    cells = sorted({cell for draft in drafts for cell in draft.cells})
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [[key for key, _ in cells], [category for _, category in cells], PER_CELL])
        rows = cursor.fetchall()
    for key, pk, category, place, at, lon, lat, title in rows:
        yield key, Matter(pk, category, place, at, lon, lat, title)


def as_known(receipt: Receipt) -> Receipt:
    return replace(receipt, known=True)
