"""How posts changed by people's hands: asked for, granted, refused, handed over, taken back. One statement a page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from gezhi.lib.codes import place_range


@dataclass(frozen=True, slots=True)
class PostChange:
    """`kind`: asked, granted, refused, delegated or delegation-ended. `by`: who did it; `about`: whose post it is or
    would be; `to`: who gets its powers for a while."""

    kind: str
    at: datetime
    by: str
    about: str
    to: str
    role: str
    unit: str
    place_code: str
    begins: date
    until: date | None
    words: str


_CHANGES: Final = """
SELECT c.kind, c.at, coalesce(b.name, ''), o.name, coalesce(t.name, ''), c.role, u.name, c.place_code, c.begins,
       c.until, c.words
FROM (
    SELECT 'asked' AS kind, n.asked_at AS at, n.asked_by_id AS by, n.account_id AS about, NULL::bigint AS receiver,
        n.role, n.unit_id, n.place_code, n.valid_from AS begins, n.valid_to AS until, n.reason AS words
    FROM people_nomination n
    UNION ALL
    SELECT CASE WHEN n.granted THEN 'granted' ELSE 'refused' END, n.decided_at, n.decided_by_id, n.account_id, NULL,
        n.role, n.unit_id, n.place_code, n.valid_from, n.valid_to, n.words
    FROM people_nomination n WHERE n.decided_at IS NOT NULL
    UNION ALL
    SELECT 'delegated', d.made_at, d.made_by_id, p.account_id, d.to_id, p.role, p.unit_id, p.place_code, d.valid_from,
        d.valid_to, d.reason
    FROM people_delegation d JOIN people_post p ON p.id = d.post_id
    UNION ALL
    SELECT 'delegation-ended', d.ended_at, d.ended_by_id, p.account_id, d.to_id, p.role, p.unit_id, p.place_code,
        d.valid_from, d.valid_to, ''
    FROM people_delegation d JOIN people_post p ON p.id = d.post_id WHERE d.ended_at IS NOT NULL
) c
JOIN people_unit u ON u.id = c.unit_id JOIN people_account o ON o.id = c.about
LEFT JOIN people_account b ON b.id = c.by LEFT JOIN people_account t ON t.id = c.receiver
WHERE EXISTS (SELECT 1 FROM unnest(%(lows)s::text[], %(highs)s::text[]) AS r(low, high)
              WHERE c.place_code >= r.low COLLATE "C" AND c.place_code < r.high COLLATE "C")
ORDER BY c.at DESC, c.kind LIMIT %(size)s OFFSET %(after)s
"""


def post_changes_in(places: list[str], after: int, size: int) -> list[PostChange]:
    """Newest first, of posts in these places."""
    ranges = [place_range(place) for place in places]
    params: dict[str, Any] = {"lows": [low for low, _ in ranges], "highs": [high for _, high in ranges]}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, params | {"size": size, "after": after})
        return [PostChange(*row) for row in cursor.fetchall()]
