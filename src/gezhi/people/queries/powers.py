"""What somebody may do today: posts of their own and of others, what is open in an emergency; and their history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection


@dataclass(frozen=True, slots=True)
class Power:
    """A post (`for_id`: whose, None: one's own) or, with `until`, a case or place open in an emergency."""

    id: int
    role: str
    unit_id: int
    unit_name: str
    place_code: str
    for_id: int | None
    for_name: str
    case_id: int | None
    until: datetime | None


_HELD: Final = """
(SELECT p.id, p.role, p.unit_id, u.name, p.place_code, NULL::bigint, '', NULL::bigint, NULL::timestamptz, 1 AS part
 FROM people_post p JOIN people_unit u ON u.id = p.unit_id
 WHERE p.account_id = %(account)s AND p.valid_from <= %(today)s
 AND (p.valid_to IS NULL OR p.valid_to > %(today)s))
UNION ALL
(SELECT p.id, p.role, p.unit_id, u.name, p.place_code, p.account_id, a.name, NULL, NULL, 2
 FROM people_delegation d JOIN people_post p ON p.id = d.post_id JOIN people_unit u ON u.id = p.unit_id
 JOIN people_account a ON a.id = p.account_id AND a.is_active
 WHERE d.to_id = %(account)s AND d.ended_at IS NULL AND d.valid_from <= %(today)s AND d.valid_to > %(today)s
 AND p.valid_from <= %(today)s
 AND (p.valid_to IS NULL OR p.valid_to > %(today)s))
UNION ALL
(SELECT g.id, '', 0, '', g.place_code, NULL, '', g.case_id, g.until, 3
 FROM people_breakglass g WHERE g.account_id = %(account)s AND g.ended_at IS NULL AND g.until > %(now)s)
ORDER BY part, 1
"""


def held_powers(account_id: int, today: date, now: datetime) -> Iterator[Power]:
    """One statement; own posts first."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"account": account_id, "today": today, "now": now})
        for *columns, _part in cursor.fetchall():
            yield Power(*columns)
