"""What security tells those who act on it: each warning, when it began and when it rose."""

from typing import Final

from gezhi.cases.queries.inbox import Source
from gezhi.people.access import SECURE, Actor

_RAISED: Final = """SELECT 'warning' AS kind, w.level_at AS at, NULL::bigint AS case_id, w.id AS ref,
 NULL::bigint AS account_id, NULL::bigint AS unit_id, w.rule || ' ' || w.level AS words, '' AS link,
 NULL::timestamptz AS due_at, w.acknowledged_at IS NOT NULL AS seen
 FROM security_raisedwarning w WHERE (w.muted_until IS NULL OR w.muted_until < now())"""


def warning_sources(actor: Actor) -> list[Source]:
    return [Source(("warning",), _RAISED, ())] if actor.may(SECURE) else []
