"""Reports by the thousand through the door, with how many cases exist already, and the same rows by COPY alone.

The limit is what PostgreSQL takes when the very rows that the door wrote are copied into tables of the same
columns, with their indexes and without any decision: no locating, classifying, joining, routing or recording.
"""

import argparse
import time
from collections.abc import Iterator, Sequence

import _intake
import _node

BATCH = 2000
BATCHES = 15
TABLES = {  # table -> its key
    "cases_case": "id",
    "cases_report": "id",
    "cases_reporter": "report_id",
    "cases_caseevent": "id",
    "ledger_entry": "id",
    "notices_notice": "id",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default="10000,100000,1000000")
    sizes = [int(size) for size in parser.parse_args().cases.split(",")]
    _node.start()
    _take(10**9, 1, 1000)
    for size in sizes:
        _intake.grow(size)
        _measure(size)


def _measure(size: int) -> None:
    marks = {table: _newest(table) for table in TABLES}
    _, statements = _take(size * 10 + 10**8, 1, BATCH)
    took, _ = _take(size * 10, BATCHES, BATCH)
    copied = _copy_again(marks)
    rows = BATCH * BATCHES
    limit = rows * (1 + 1 / BATCHES) / copied
    _node.tell(
        "bulk-intake",
        rows / took,
        "reports/s",
        "the same rows by COPY alone",
        limit,
        cases=size,
        batch=BATCH,
        statements=statements,
    )


def _take(begin: int, batches: int, size: int) -> tuple[float, int]:
    """Seconds from outside words to receipts, and the statements of the last batch."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gezhi.cases.intake.door import accept
    from gezhi.lib.ahead import ahead

    edge = _intake.edge()
    raws = [list(_intake.many_fields(begin + at * size, size)) for at in range(batches)]
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as counted:
        for reports, drafted in ahead(_drafted(raws, edge)):
            before = len(counted)
            receipts = accept(reports, drafted=drafted)
            assert not any(receipt.known for receipt in receipts)
    return _intake.seconds(begun), len(counted) - before


def _drafted(raws: list[list[dict[str, object]]], edge: object) -> Iterator[tuple[object, object]]:
    """As a file is imported: read and drafted in a thread of its own while the batch before is written."""
    from gezhi.cases.intake.door import draft
    from gezhi.cases.intake.reading import Edge, read_report
    from gezhi.cases.world import known_world

    assert isinstance(edge, Edge)
    world = known_world()
    for raw in raws:
        reports = [read_report(one, edge) for one in raw]
        yield reports, draft(reports, world)


def _newest(table: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max({TABLES[table]}), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def _copy_again(marks: dict[str, int]) -> float:
    """Seconds to copy the rows written since the marks into empty twins of their tables."""
    from django.db import connection

    from gezhi.config.walls import as_owner

    took = 0.0
    with as_owner(), connection.cursor() as cursor:
        for table, mark in marks.items():
            data = _copied_out(cursor.cursor, table, mark)
            cursor.execute(f"CREATE TABLE twin (LIKE {table} INCLUDING INDEXES INCLUDING CONSTRAINTS)")
            begun = time.perf_counter()
            with cursor.cursor.copy("COPY twin FROM STDIN (FORMAT binary)") as copy:
                for block in data:
                    copy.write(block)
            took += _intake.seconds(begun)
            cursor.execute("DROP TABLE twin")
    return took


def _copied_out(cursor: object, table: str, mark: int) -> Sequence[bytes]:
    query = f"COPY (SELECT * FROM {table} WHERE {TABLES[table]} > {mark}) TO STDOUT (FORMAT binary)"
    with cursor.copy(query) as copy:  # type: ignore[attr-defined]
        return [bytes(block) for block in copy]


if __name__ == "__main__":
    main()
