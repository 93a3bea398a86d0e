"""What appraisals tell one person: appeals of the own units that were decided."""

from typing import Final

from gezhi.cases.queries.inbox import Source
from gezhi.people.access import Actor

_DECIDED: Final = """SELECT 'appeal' AS kind, a.decided_at AS at, a.case_id, a.id AS ref, a.decided_by_id AS account_id,
 a.unit_id, left(a.answer, 120) AS words, a.state::text AS link, NULL::timestamptz AS due_at, false AS seen
 FROM insight_appeal a WHERE a.unit_id = %s AND a.decided_at IS NOT NULL"""


def appeal_sources(actor: Actor) -> list[Source]:
    units = sorted({post.unit_id for post in actor.posts})
    return [Source(("appeal",), _DECIDED, (unit,)) for unit in units]
