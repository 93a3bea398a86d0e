"""What the inbox tells of posts and of looks in an emergency: to whoever reviews, decides, leads or stands in."""

from collections.abc import Iterable
from typing import Final

from gezhi.cases.queries.inbox import Source
from gezhi.lib.codes import place_range
from gezhi.people.access import AUDIT, OVERSEE, PERMISSIONS, STAFFING, Actor

KINDS: Final = ("glass", "glass-reviewed", "delegated", "nominated", "nomination-decided")
_GLASS: Final = """SELECT 'glass' AS kind, g.at, NULL::bigint AS case_id, g.id AS ref, g.account_id, g.unit_id,
 left(g.reason, 120) AS words, '' AS link, g.review_by AS due_at, false AS seen
 FROM people_breakglass g WHERE g.account_id <> %s AND ("""
_HERE: Final = "g.place_code >= %s AND g.place_code < %s OR g.home_code >= %s AND g.home_code < %s"
_FOR_REVIEW: Final = f"{_GLASS}{_HERE})".replace("'' AS link", "'review' AS link")
_REVIEWED: Final = """SELECT 'glass-reviewed' AS kind, g.reviewed_at AS at, NULL::bigint AS case_id, g.id AS ref,
 g.reviewed_by_id AS account_id, NULL::bigint AS unit_id, left(g.words, 120) AS words,
 CASE WHEN g.accepted THEN 'accepted' ELSE 'objected' END AS link, NULL::timestamptz AS due_at, false AS seen
 FROM people_breakglass g WHERE g.account_id = %s AND g.reviewed_at IS NOT NULL"""
_DELEGATED: Final = """SELECT 'delegated' AS kind, d.made_at AS at, NULL::bigint AS case_id, d.id AS ref,
 d.made_by_id AS account_id, p.unit_id, d.reason AS words, p.role::text AS link, NULL::timestamptz AS due_at,
 false AS seen FROM people_delegation d JOIN people_post p ON p.id = d.post_id WHERE d.to_id = %s"""
_NOMINATED: Final = """SELECT 'nominated' AS kind, n.asked_at AS at, NULL::bigint AS case_id, n.id AS ref,
 n.asked_by_id AS account_id, n.unit_id, n.reason AS words, n.role::text AS link, NULL::timestamptz AS due_at,
 false AS seen FROM people_nomination n WHERE n.decided_at IS NULL AND n.asked_by_id <> %s AND n.account_id <> %s
 AND n.place_code >= %s AND n.place_code < %s"""
_DECIDED: Final = """SELECT 'nomination-decided' AS kind, n.decided_at AS at, NULL::bigint AS case_id, n.id AS ref,
 n.decided_by_id AS account_id, n.unit_id, n.words, CASE WHEN n.granted THEN 'granted' ELSE 'refused' END AS link,
 NULL::timestamptz AS due_at, false AS seen
 FROM people_nomination n WHERE n.asked_by_id = %s AND n.decided_at IS NOT NULL AND n.decided_by_id <> n.asked_by_id"""


def power_sources(actor: Actor) -> Iterable[Source]:
    me = actor.account_id
    yield Source(("delegated",), _DELEGATED, (me,))
    yield Source(("glass-reviewed",), _REVIEWED, (me,))
    for post in actor.posts:
        may, bounds = PERMISSIONS.get(post.role, frozenset()), place_range(post.place_code)
        if AUDIT in may:
            yield Source(("glass",), _FOR_REVIEW, (me, *bounds, *bounds))
        if OVERSEE in may:  # of whoever is of the own unit, or works in the place
            sql = f"{_GLASS}g.unit_id = %s OR g.home_code >= %s AND g.home_code < %s)"
            yield Source(("glass",), sql, (me, post.unit_id, *bounds))
        if STAFFING in may:
            yield Source(("nominated",), _NOMINATED, (me, me, *bounds))
            yield Source(("nomination-decided",), _DECIDED, (me,))
