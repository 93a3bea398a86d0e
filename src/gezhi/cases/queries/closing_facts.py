"""What a closing is decided on: two statements for a batch, none where no step closes under conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from PIL import Image

from gezhi.cases.case_row import CaseRow, procedure_of
from gezhi.cases.closing import CHECKED, HANDLED, BackInRange, Claim, ClosingFacts, Picture, Twin
from gezhi.cases.intake.rows import DIRECT
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.likeness import NEAR, Look, almost, distance, same_picture, words_of
from gezhi.cases.photos import is_stored, load_photo, small_picture
from gezhi.cases.procedure import steps_from
from gezhi.cases.queries.asked import Asked
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Closing, Kind, Procedure, Transition
from gezhi.people.access import Actor

AGAIN: Final = (Kind.REOPEN.value, Kind.OVERTURN.value)
BACK: Final = (*AGAIN, Kind.REWORK.value)  # evidence from before does not prove what was done since
FOUND: Final = 100  # for each picture: those that share the most words with it, the newest first
COMMON: Final = 300  # pictures of one word; a sky has thousands, and is not what a picture is known by
CLOSER: Final = 6  # of them that are looked at closely, for each picture
_EDGE: Final = 320  # pixels that a closer look needs

CASES: Final = """
SELECT c.id, c.lon, c.lat, c.opened_at,
    (SELECT json_agg(json_build_array(e.seq, e.kind, e.transition,
        coalesce((e.facts -> 'asked_by' ->> 0)::bigint, e.account_id), e.at) ORDER BY e.seq)
     FROM cases_caseevent e WHERE e.case_id = c.id AND e.kind = ANY(%s)),
    (SELECT json_agg(r.received_at) FROM cases_report r LEFT JOIN cases_reporter p ON p.report_id = r.id
     WHERE r.case_id = c.id AND (p.phone <> '' OR r.source = ANY(%s))),
    (SELECT json_agg(json_build_array(v.id, v.event_seq, v.key, v.kind, v.taken_at, v.lon, v.lat,
        encode(v.look, 'hex'), v.look_bands) ORDER BY v.id)
     FROM cases_evidence v WHERE v.case_id = c.id AND v.report_id IS NULL),
    b.within_s, b.back_at, b.evidence
FROM cases_case c LEFT JOIN cases_casereadings b ON b.case_id = c.id WHERE c.id = ANY(%s)
"""
# Word by word: asked for all at once, the planner reads the whole table instead of the index.
LIKE: Final = """
WITH asked AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::int[]) AS a (picture, word)),
found AS MATERIALIZED (
    SELECT w.word, v.id FROM (SELECT DISTINCT word FROM asked) AS w CROSS JOIN LATERAL (
        SELECT id FROM cases_evidence WHERE look_bands IS NOT NULL AND look_bands @> ARRAY[w.word] LIMIT %s
    ) AS v
),
ranked AS (
    SELECT f.id, row_number() OVER (PARTITION BY a.picture ORDER BY count(*) DESC, f.id DESC) AS place
    FROM asked a JOIN found f USING (word) GROUP BY a.picture, f.id
)
SELECT v.id, v.key::text, v.case_id, v.look, v.look_bands, c.number, c.place_code, c.unit_id, c.held_code
FROM cases_evidence v JOIN cases_case c ON c.id = v.case_id
WHERE v.id = ANY(ARRAY(
    SELECT id FROM ranked WHERE place <= %s
    UNION SELECT id FROM cases_evidence WHERE case_id = ANY(%s) AND look_bands IS NOT NULL))
ORDER BY v.id DESC
"""


@dataclass(frozen=True, slots=True)
class ClosingStep:
    """A step that closes under conditions: `closing` of the case's category, `photos` given with it."""

    case_id: int
    closing: Closing
    procedure: Procedure
    transition: Transition
    actor: Actor | None
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A stored picture that might be the same as one of this closing. `id` None: given with the step itself."""

    id: int | None
    key: str
    case_id: int
    look: Look
    number: str = ""
    place_code: str = ""
    unit_id: int | None = None
    held_code: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the closing with what finds its twin. `id` None: given with the step, not stored yet."""

    id: int | None
    picture: Picture
    look: Look | None


@dataclass
class Past:
    """What the case's history says. `told`: when reporters were told what was done."""

    since: datetime
    handlers: set[int] = field(default_factory=set)
    handling: set[int] = field(default_factory=set)  # events of handling since the case came back last
    told: list[datetime] = field(default_factory=list)


def read_claims(
    steps: Sequence[Asked], rows: Mapping[int, CaseRow], catalogue: Catalogue, at: datetime
) -> dict[int, Claim]:
    """By case: the closings that these steps would bring about under conditions. `rows`: the cases, locked."""
    asked = [
        one
        for step in steps
        if (row := rows.get(step.case_id)) and (one := _closing_step(step, row, catalogue))
    ]
    found = closing_facts(asked, at) if asked else {}
    return {step.case_id: Claim(step.closing, found[step.case_id]) for step in asked if step.case_id in found}


def _closing_step(step: Asked, row: CaseRow, catalogue: Catalogue) -> ClosingStep | None:
    procedure = procedure_of(row, catalogue)
    taken = next((one for one in steps_from(procedure, row.state) if one.key == step.key), None)
    if taken is None or taken.kind not in CHECKED:
        return None
    closing = catalogue.closing(row.pack_version_id, catalogue.category(row.category).closing)
    if closing is None:
        return None
    photos = [load_photo(key) for key in step.given.evidence if is_stored(key)]
    return ClosingStep(row.id, closing, procedure, taken, step.who.actor, photos)


def closing_facts(steps: Sequence[ClosingStep], at: datetime) -> dict[int, ClosingFacts]:
    """By case. At most two statements, and files of pictures that look alike."""
    rows = _read_cases([step.case_id for step in steps])
    wanted = [step for step in steps if step.case_id in rows]
    shown = {step.case_id: _shown(step, rows[step.case_id]) for step in wanted}
    twins = _Twins(wanted, shown)
    return {step.case_id: _facts(step, rows[step.case_id], shown[step.case_id], twins, at) for step in wanted}


def _read_cases(case_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    if not case_ids:
        return {}
    kinds = {*HANDLED, Kind.REPLY, *BACK}
    reached = [source for source in DIRECT if source != "field"]
    with connection.cursor() as cursor:
        cursor.execute(CASES, [sorted(kinds), reached, list(case_ids)])
        return {row[0]: row for row in cursor.fetchall()}


def _past(step: ClosingStep, row: tuple[Any, ...]) -> Past:
    telling = {one.key for one in step.procedure.transitions if one.kind is Kind.FINISH and one.answer}
    past = Past(since=row[3])
    for seq, kind, transition, account, at in row[4] or ():
        if kind in BACK:
            past.handling.clear()
            past.since = datetime.fromisoformat(at) if kind in AGAIN else past.since
            past.told = [] if kind in AGAIN else past.told
        elif kind in HANDLED:
            past.handling.add(seq)
            past.handlers |= {account} - {None}
        if kind == Kind.REPLY or transition in telling:
            past.told.append(datetime.fromisoformat(at))
    return past


def _shown(step: ClosingStep, row: tuple[Any, ...]) -> list[Shown]:
    """What proves the closing: handling since the case came back last (at a verification), and what is given."""
    past, shown = _past(step, row), []
    for pk, seq, key, kind, taken_at, lon, lat, look, bands in row[6] or ():
        if step.transition.kind is Kind.VERIFY and seq in past.handling:
            taken = datetime.fromisoformat(taken_at) if taken_at else None
            picture = Picture(key, False, kind, False, taken, lon, lat)
            shown.append(Shown(pk, picture, _look(bytes.fromhex(look or ""), bands)))
    for photo in step.photos:
        given = Picture(photo.key, True, "photo", photo.look == "", photo.taken_at, photo.lon, photo.lat)
        shown.append(Shown(None, given, _look(bytes.fromhex(photo.look or ""), photo.look_bands)))
    return shown


def _look(whole: bytes, bands: Sequence[int] | None) -> Look | None:
    return Look(whole, tuple(bands)) if whole and bands else None


def _facts(
    step: ClosingStep, row: tuple[Any, ...], shown: Sequence[Shown], twins: "_Twins", at: datetime
) -> ClosingFacts:
    past = _past(step, row)
    received = [max(datetime.fromisoformat(one), past.since) for one in row[5] or ()]
    last_told = max(past.told, default=None)
    return ClosingFacts(
        kind=step.transition.kind,
        at=at,
        since=past.since,
        account_id=step.actor.account_id if step.actor else None,
        lon=row[1],
        lat=row[2],
        pictures=[replace(one.picture, twin=twins.of(step, one)) for one in shown],
        handlers=frozenset(past.handlers),
        untold=sum(1 for since in received if last_told is None or last_told < since),
        readings=BackInRange(row[8], timedelta(seconds=row[7]), row[9]) if row[7] is not None else None,
    )


class _Twins:
    """Stored pictures that might be the same, read in one statement for the whole batch."""

    def __init__(self, steps: Sequence[ClosingStep], shown: Mapping[int, Sequence[Shown]]) -> None:
        fresh = [step for step in steps if step.closing.fresh]
        looks = [one.look for step in fresh for one in shown[step.case_id] if one.look]
        self._held = read_like(looks, [step.case_id for step in fresh]) if looks else []
        self._held += [
            Held(None, one.picture.key, step.case_id, one.look)
            for step in fresh
            for one in shown[step.case_id]
            if one.look and one.id is None
        ]

    def of(self, step: ClosingStep, one: Shown) -> Twin | None:
        if one.look is None or not step.closing.fresh:
            return None
        look, words = one.look, frozenset(words_of(one.look))
        near = []
        for number, held in enumerate(self._held):
            if self._is_before(held, one) and (held.case_id == step.case_id or words & set(held.look.bands)):
                bits = distance(look, held.look)
                if bits <= NEAR:
                    near.append((bits, number, held))
        found = next(
            (held for _, _, held in sorted(near)[:CLOSER] if _same(look, one.picture.key, held)), None
        )
        return _twin(step, found) if found else None

    def _is_before(self, held: Held, one: Shown) -> bool:
        """Stored before; of pictures given together the first counts."""
        if held.key == one.picture.key:
            return False
        if one.id is not None:
            return held.id is not None and held.id < one.id
        keys = [other.key for other in self._held if other.id is None]
        return held.id is not None or keys.index(held.key) < keys.index(one.picture.key)


def read_like(looks: Sequence[Look], case_ids: Sequence[int]) -> list[Held]:
    asked = [(number, word) for number, look in enumerate(looks) for word in set(words_of(look))]
    pictures, words = [number for number, _ in asked], [word for _, word in asked]
    with connection.cursor() as cursor:
        cursor.execute(LIKE, [pictures, words, COMMON, FOUND, list(case_ids)])
        return [
            Held(pk, key, case, Look(bytes(look), tuple(bands)), number, place, unit, held)
            for pk, key, case, look, bands, number, place, unit, held in cursor.fetchall()
        ]


def _same(look: Look, key: str, held: Held) -> bool:
    if almost(look, held.look):
        return True
    try:
        return same_picture(_opened(held.key), _opened(key))
    except OSError:
        return False  # the file is gone; its look alone is too vague


@lru_cache(maxsize=32)
def _opened(key: str) -> Image.Image:
    return small_picture(key, _EDGE)


def _twin(step: ClosingStep, held: Held) -> Twin:
    if held.case_id == step.case_id:
        return Twin(own=True)
    seen = step.actor is not None and step.actor.roles_at(held.place_code, held.unit_id, held.held_code)
    return Twin(own=False, number=held.number if seen else "")
