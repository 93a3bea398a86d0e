"""What must be true of readings and alarms after any number of kills."""

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from tests.chaos.senders import Sent

LOW = 1.0
_MOVES = """
SELECT id, monitor, datastream_id, level_from::int, level_to::int FROM sensing_transition
UNION ALL SELECT 0, monitor, datastream_id, 0, level::int FROM sensing_alarm ORDER BY 1
"""
UNSAVED = 2.0  # seconds in which a broker that is killed loses what it took: mosquitto saves once a second


def lost(sent: Sent, station: int, broker_killed: float | None) -> Iterator[str]:
    """Acknowledged and not there once settled; or there with another value. What a broker that was killed had not yet
    saved is its own loss."""
    with sent.lock:
        wanted = {(series, ms): value for series, kept in sent.kept.items() for ms, value in kept.items()}
        at = dict(sent.at)
    missing = dict(wanted)
    for _ in range(60):
        stored = _stored_values()
        missing = {key: value for key, value in wanted.items() if stored.get(key) != value}
        if broker_killed is not None:
            missing = {
                key: value
                for key, value in missing.items()
                if key[0] == station or not broker_killed - UNSAVED < at[key] < broker_killed + 0.2
            }
        if not missing:
            return
        time.sleep(0.25)
    yield from (
        f"series {series} at {ms}: {value} was acknowledged" for (series, ms), value in missing.items()
    )


def chains() -> Iterator[str]:
    """Each transition begins where the one before it ended, and alarms are what they come to: in one look."""
    level: dict[tuple[str, int], int] = {}
    standing: dict[tuple[str, int], int] = {}
    for number, monitor, series, before, after in rows(_MOVES):
        if not number:
            standing[monitor, series] = after
            continue
        if level.get((monitor, series), 0) != before:
            yield f"{monitor} of {series}: from {before} after {level.get((monitor, series), 0)}"
        level[monitor, series] = after
    if standing != {key: one for key, one in level.items() if one}:
        yield "alarms are not what their transitions come to"


def final(sent: Sent, timers: Collection[int]) -> Iterator[str]:
    """Once nothing is sent any more and every series is low."""
    yield from chains()
    if left := rows("SELECT monitor, datastream_id FROM sensing_alarm"):
        yield f"alarms stand though every series is low: {left[:5]}"
    asked = {(series, ms): value for series, told in sent.asked.items() for ms, value in told.items()}
    strange = [
        key
        for key, value in _stored_values().items()
        if key[0] not in timers and asked.get(key, LOW) != value
    ]
    if strange:
        yield f"readings that nobody sent: {strange[:5]}"


def stored(since: int = 0) -> int:
    return int(
        rows("SELECT count(*) FROM sensing_reading WHERE at >= to_timestamp(%s / 1000.0)", [since])[0][0]
    )


def _stored_values() -> dict[tuple[int, int], float]:
    found = rows(
        "SELECT datastream_id, round(extract(epoch FROM at) * 1000)::bigint, value FROM sensing_reading"
    )
    return {(series, int(ms)): value for series, ms, value in found}


def rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    for _ in range(200):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall())
        except Exception:
            hang_up()
            time.sleep(0.1)
    raise TimeoutError("The database answered nothing for twenty seconds.")


def hang_up() -> None:
    from django.db import connection

    with suppress(Exception):
        connection.close()
