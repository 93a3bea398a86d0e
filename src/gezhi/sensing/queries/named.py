"""Series by the names that people give them in files."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from gezhi.sensing.models import Datastream

_BY_NAME: Final = """
SELECT t.key, p.code, min(d.id) FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id
    JOIN sensing_observedproperty p ON p.id = d.observed_property_id
    JOIN unnest(%s::text[], %s::text[]) AS n(thing, code) ON n.thing = t.key AND n.code = p.code
GROUP BY t.key, p.code
"""
_BY_NUMBER: Final = "SELECT id FROM sensing_datastream WHERE id = ANY(%s)"


def series_named(names: Iterable[str]) -> dict[str, int]:
    """Those that there are: by number, or by the thing's key and the property's code, THING/PROPERTY."""
    wanted = set(names)
    numbers = {name: int(name) for name in wanted if name.isascii() and name.isdigit() and len(name) < 9}
    pairs = [
        (thing, code) for name in wanted for thing, slash, code in [name.rpartition("/")] if slash and thing
    ]
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBER, [[one for one in numbers.values() if one <= Datastream.MOST]])
        known = {row[0] for row in cursor.fetchall()}
        cursor.execute(_BY_NAME, [[thing for thing, _ in pairs], [code for _, code in pairs]])
        found = {f"{thing}/{code}": series for thing, code, series in cursor.fetchall()}
    return found | {name: number for name, number in numbers.items() if number in known}
