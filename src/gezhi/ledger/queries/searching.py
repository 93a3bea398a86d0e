"""Entries by subject, kind and time, and the list of checkpoints; newest first."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from gezhi.ledger.models import Checkpoint, Entry, Timestamp
from gezhi.ledger.notes import BadNote, parse_note

PAGE: Final = 50
LATELY: Final = 2000  # entries
SPAN: Final = timedelta(days=31)  # what a search by kind alone looks through


@dataclass(frozen=True, slots=True)
class Wanted:
    """`kind`: one, or with a final * all that begin so. `until` is exclusive."""

    subject: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`next`: the id before which the following page begins; None: there is none. `since`: how far back was looked
    when nobody said."""

    entries: Sequence[Entry]
    next: int | None
    since: datetime | None


def entries(wanted: Wanted, now: datetime, before: int | None = None) -> EntryPage:
    """A page, in one statement. Without a subject the time is bounded, so that no search reads the whole ledger."""
    since = wanted.since
    if since is None and wanted.kind and not wanted.subject:
        since = (wanted.until or now) - SPAN
    found = _filtered(Wanted(wanted.subject, wanted.kind, since, wanted.until))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return EntryPage(rows[:PAGE], more, since if since != wanted.since else None)


def _filtered(wanted: Wanted) -> QuerySet[Entry]:
    found = Entry.objects.all()
    if wanted.subject:
        found = found.filter(subject=wanted.subject)
    if wanted.kind.endswith("*"):
        found = found.filter(kind__startswith=wanted.kind[:-1])
    elif wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    return found


def entry_at(index: int) -> Entry | None:
    return Entry.objects.filter(tree_index=index).first() if index < 2**63 else None


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint as people look at it. `stamped_at`: by an outside authority's clock."""

    size: int
    root: bytes
    at: datetime
    note: str
    signed_by: tuple[str, ...]
    stamped_at: datetime | None
    stamped_by: str

    @property
    def root_text(self) -> str:
        return base64.b64encode(self.root).decode()


def checkpoints(before: int | None = None, count: int = PAGE) -> list[Head]:
    """Newest first, those below a size. Two statements."""
    found = Checkpoint.objects.order_by("-size")
    rows = list((found if before is None else found.filter(size__lt=before))[:count])
    stamps = {one.size: one for one in Timestamp.objects.filter(size__in=[row.size for row in rows])}
    return [_head(row, stamps.get(row.size)) for row in rows]


def checkpoint_of(size: int) -> Head | None:
    found = checkpoints(size + 1, 1) if size < 2**62 else []
    return found[0] if found and found[0].size == size else None


def first_over(index: int) -> Checkpoint | None:
    """The first checkpoint that stands over the entry at a place."""
    return Checkpoint.objects.filter(size__gt=index).order_by("size").first()


def _head(row: Checkpoint, stamp: Timestamp | None) -> Head:
    at, by = (stamp.at, stamp.by) if stamp else (None, "")
    return Head(row.size, bytes(row.root), row.at, row.note, signers_of(row.note), at, by)


def signers_of(note: str) -> tuple[str, ...]:
    """The names in the signature lines, each once."""
    try:
        return tuple(dict.fromkeys(one.name for one in parse_note(note).signatures))
    except BadNote:
        return ()


def waiting() -> tuple[int, datetime | None]:
    """How many entries have no place yet, and since when the oldest waits."""
    found = Entry.objects.filter(tree_index=None)
    oldest = found.order_by("id").values_list("at", flat=True).first()
    return found.count(), oldest


def kinds_seen() -> list[str]:
    """What was recorded lately, to choose from."""
    newest = Entry.objects.order_by("-id").values_list("kind", flat=True)[:LATELY]
    return sorted(set(newest))
