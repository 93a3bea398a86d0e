"""What happened that concerns one person, read from what happened: nothing is written for each reader.

A source is a SELECT of the columns of `COLUMNS`; all sources are asked in one statement, each by its index on who and
when. Apps above give sources of their own (`more`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from gezhi.cases.world import World
from gezhi.lib.codes import VILLAGE, level_of, place_range
from gezhi.people.access import COMMAND_ROLES, UNIT_ROLES, Actor
from gezhi.people.models import Role

DAYS: Final = timedelta(days=30)
PAGE: Final = 50
MOST: Final = 99  # of one source that a badge counts
COLUMNS: Final = "kind, at, case_id, ref, account_id, unit_id, words, link, due_at, seen"
_IS_NEW: Final = (
    "NOT seen AND at > (SELECT coalesce(max(at), '-infinity') FROM cases_seen WHERE account_id = %s)"
)
NEVER: Final = datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """`kinds`: what its lines may be; `sql` gives COLUMNS."""

    kinds: tuple[str, ...]
    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class InboxLine:
    """`words`: what was said; `link`: what it leads to besides the case; `new`: since the person last looked."""

    kind: str
    at: datetime
    case_id: int | None
    ref: int
    account_id: int | None
    unit_id: int | None
    words: str
    link: str
    due_at: datetime | None
    new: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """`next`: lines before this instant follow; None at the end."""

    lines: Sequence[InboxLine]
    next: datetime | None


def inbox(
    sources: Sequence[Source],
    account_id: int,
    now: datetime,
    before: datetime | None = None,
    size: int = PAGE,
) -> Inbox:
    """Newest first, of the last 30 days. One statement."""
    if not sources:
        return Inbox((), None)
    inner, params = _union(sources, "at > %s AND at < %s", [now - DAYS, before or NEVER], size + 1)
    columns = COLUMNS.replace("seen", _IS_NEW)
    sql = f"SELECT {columns} FROM ({inner}) told ORDER BY at DESC, kind, ref LIMIT {size + 1}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [account_id, *params])
        lines = [InboxLine(*row) for row in cursor.fetchall()]
    return Inbox(lines[:size], lines[size - 1].at if len(lines) > size else None)


def unseen(sources: Sequence[Source], account_id: int, now: datetime) -> int:
    """How many lines are new, at most 99 of each source. One statement."""
    if not sources:
        return 0
    inner, params = _union(sources, f"{_IS_NEW} AND at > %s", [account_id, now - DAYS], MOST)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) told", params)
        return int(cursor.fetchone()[0])


def _union(sources: Sequence[Source], when: str, values: Sequence[Any], most: int) -> tuple[str, list[Any]]:
    parts, params = [], list[Any]()
    for one in sources:
        parts.append(f"(SELECT {COLUMNS} FROM ({one.sql}) s WHERE {when} ORDER BY at DESC LIMIT {most})")
        params += [*one.params, *values]
    return " UNION ALL ".join(parts), params


_MENTIONS: Final = """SELECT 'mention' AS kind, m.at, n.case_id, n.id AS ref, n.account_id, NULL::bigint AS unit_id,
 left(n.text, 120) AS words, '' AS link, NULL::timestamptz AS due_at, m.read_at IS NOT NULL AS seen
 FROM cases_mention m JOIN cases_note n ON n.id = m.note_id WHERE m.account_id = %s AND n.deleted_at IS NULL"""
_SHARES: Final = """SELECT a.kind::text AS kind, a.assigned_at AS at, a.case_id, a.id AS ref,
 NULL::bigint AS account_id, a.unit_id, '' AS words, '' AS link, a.due_at, false AS seen
 FROM cases_assignment a WHERE a.unit_id = %s AND a.state IN ('open', 'received')"""
_CARDS: Final = """SELECT s.level::text AS kind, s.at, s.case_id, s.id AS ref, s.account_id, s.unit_id,
 left(s.reason, 120) AS words, '' AS link, s.due_at, false AS seen
 FROM cases_supervision s WHERE s.unit_id = %s"""
_IN_PLACE: Final = """s.unit_id IS NULL AND EXISTS (
 SELECT 1 FROM cases_case c WHERE c.id = s.case_id AND c.place_code >= %s AND c.place_code < %s)"""
_CARDS_OF_CENTRES: Final = _CARDS.replace("s.unit_id = %s", _IN_PLACE)
_ASKED: Final = """SELECT 'asked' AS kind, (c.asked->>'at')::timestamptz AS at, c.id AS case_id, c.id AS ref,
 (c.asked->'accounts'->>0)::bigint AS account_id, NULL::bigint AS unit_id, c.asked->>'step' AS words, '' AS link,
 NULL::timestamptz AS due_at, false AS seen
 FROM cases_case c WHERE c.asked IS NOT NULL AND {place} >= %s AND {place} < %s
 AND (c.procedure || ' ' || (c.asked->>'step') || ' ' || (c.asked->>'agreed')) = ANY(%s)
 AND NOT c.asked->'accounts' @> %s::jsonb"""
_HELD: Final = "coalesce(nullif(c.held_code, ''), c.place_code)"  # as `Actor.roles_at` has it for dispatchers
_OPENED: Final = """SELECT 'opened' AS kind, c.opened_at AS at, c.id AS case_id, c.id AS ref,
 NULL::bigint AS account_id, c.unit_id, '' AS words, '' AS link, c.due_at, false AS seen
 FROM cases_case c WHERE c.place_code >= %s AND c.place_code < %s"""
_IMPORTS: Final = """SELECT 'import' AS kind, r.ended_at AS at, NULL::bigint AS case_id, r.id AS ref, r.account_id,
 NULL::bigint AS unit_id, r.name || ' ' || r.state || ' ' || r.added || ' ' || r.refused AS words, r.key::text AS link,
 NULL::timestamptz AS due_at, false AS seen
 FROM cases_importrun r WHERE r.account_id = %s AND r.ended_at IS NOT NULL"""
_TRAININGS: Final = """SELECT 'training' AS kind, t.done_at AS at, NULL::bigint AS case_id, t.id AS ref,
 NULL::bigint AS account_id, NULL::bigint AS unit_id, t.state::text AS words, '' AS link,
 NULL::timestamptz AS due_at, false AS seen
 FROM cases_trainedmodel t WHERE t.asked_by_id = %s AND t.done_at IS NOT NULL"""
CARD_ROLES: Final = frozenset({*UNIT_ROLES, Role.LEADER})


def sources_of(actor: Actor, world: World) -> list[Source]:
    """What concerns this person's account, units, places and roles; of posts of large places no single new case."""
    me = actor.account_id
    found = [Source(("mention",), _MENTIONS, (me,)), Source(("import",), _IMPORTS, (me,))]
    found.append(Source(("training",), _TRAININGS, (me,)))
    found += [Source(("lead", "whistle", "joint"), _SHARES, (unit,)) for unit in sorted(actor.handling_units)]
    carded = sorted({post.unit_id for post in actor.posts if post.role in CARD_ROLES})
    found += [Source(("yellow", "red", "order"), _CARDS, (unit,)) for unit in carded]
    for role, place in sorted({(post.role, post.place_code) for post in actor.posts}):
        found += _of_post(role, place, me, world)
    return found


def _of_post(role: str, place: str, account_id: int, world: World) -> Iterable[Source]:
    bounds = place_range(place)
    if role in COMMAND_ROLES:
        yield Source(("yellow", "red", "order"), _CARDS_OF_CENTRES, bounds)
    if links := approvals_of(role, world):
        at = _HELD if role in COMMAND_ROLES else "c.place_code"
        yield Source(("asked",), _ASKED.format(place=at), (*bounds, links, f"[{account_id}]"))
    if role not in UNIT_ROLES and level_of(place) >= VILLAGE:
        yield Source(("opened",), _OPENED, bounds)


def approvals_of(role: str, world: World) -> list[str]:
    """`procedure step agreed` of every request whose turn is this role's. Links that are asked for long times only
    may be passed over, so a later link stands at more than one place."""
    found: dict[str, None] = {}
    for procedure in world.catalogue.procedures:
        for step in procedure.transitions:
            for place, link in enumerate(step.approve):
                skipped = sum(one.above is not None for one in step.approve[:place])
                if link.by == role:
                    turns = range(place - skipped, place + 1)
                    found |= dict.fromkeys(f"{procedure.key} {step.key} {turn}" for turn in turns)
    return list(found)
