"""Who holds the posts that warnings are told to, and what a person was told."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from gezhi.cases.queries.inbox import Source
from gezhi.people.access import Actor
from gezhi.sensing.models import PostNotice, SensedWarning
from gezhi.sensing.posts import ABOVE_ROLE, GRID_ROLE, Holder

_HOLDERS: Final = """
SELECT DISTINCT a.id, p.role, p.place_code
FROM people_post p
    LEFT JOIN people_delegation d ON d.post_id = p.id AND d.valid_from <= %(day)s AND d.valid_to > %(day)s
        AND d.ended_at IS NULL
    JOIN people_account a ON a.id IN (p.account_id, d.to_id) AND a.is_active
WHERE p.role = ANY(%(roles)s) AND p.place_code = ANY(%(places)s)
    AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
ORDER BY p.place_code, a.id
"""
_TOLD: Final = """SELECT 'sensed' AS kind, n.at, NULL::bigint AS case_id, n.warning_id AS ref,
 NULL::bigint AS account_id, NULL::bigint AS unit_id, w.monitor || ' ' || n.level AS words,
 CASE WHEN n.above THEN 'above' ELSE '' END AS link, NULL::timestamptz AS due_at,
 w.acknowledged_at IS NOT NULL OR w.ended_at IS NOT NULL AS seen
 FROM sensing_postnotice n JOIN sensing_sensedwarning w ON w.id = n.warning_id WHERE n.account_id = %s"""


def holders_at(places: Collection[str], day: date) -> list[Holder]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"roles": [GRID_ROLE, ABOVE_ROLE], "places": sorted(places), "day": day})
        return [Holder(*row) for row in cursor.fetchall()]


def told_sources(actor: Actor) -> list[Source]:
    """For the inbox: each warning that the person was told of, at each level."""
    return [Source(("sensed",), _TOLD, (actor.account_id,))]


def told_to(actor: Actor) -> QuerySet[SensedWarning]:
    """Standing warnings that the person was told of, the highest and newest first."""
    mine = PostNotice.objects.filter(account_id=actor.account_id).values("warning_id")
    return SensedWarning.objects.filter(pk__in=mine, ended_at=None).order_by("-level", "-raised_at")


def is_told(actor: Actor, warning: SensedWarning) -> bool:
    return PostNotice.objects.filter(account_id=actor.account_id, warning=warning).exists()


def notices_of(warning: SensedWarning) -> Sequence[PostNotice]:
    """Whom it was told to, first things first."""
    return list(PostNotice.objects.filter(warning=warning).order_by("at", "above", "id"))
