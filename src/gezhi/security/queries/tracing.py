"""Where a leaked file could have come from: the exports that hold it, and who had looked at what it tells of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Min
from django.utils import timezone

from gezhi.cases.models import Case, Report
from gezhi.people.models import Account, Lookup
from gezhi.security.fingerprints import Fingerprint, sought, unpacked
from gezhi.security.leaving import numbers_in
from gezhi.security.models import Export
from gezhi.security.secret import fingerprint_key
from gezhi.security.tracing import Held, ranked

MOST: Final = 20
_CHUNK: Final = 200
_LONGEST: Final = 24  # characters of a case's number or a tracking code
_LEAST_LOOKED: Final = 2  # of the leak's cases, where it has more than one
Lines = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An export, how much of the leak it holds, whether its number stands in the leak, whether it is the very file.
    `alone`: nothing else holds as much."""

    export: Export
    held: Held | None
    named: bool
    same_file: bool
    alone: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked at personal data of so many of the leak's cases, between two instants. Looking is work."""

    account_id: int
    cases: int
    of_cases: int
    looks: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """`rows`: of the leak, as far as it was looked at; `exports`: through how many fingerprints it was searched."""

    rows: int
    exports: int
    candidates: Sequence[Candidate]
    looked: Sequence[Looked]
    names: dict[int, str]


def trace(lines: Lines, sha256: str = "") -> Trace:
    """`sha256` of the file, when there is one."""
    leak = sought(lines, fingerprint_key(), timezone.get_current_timezone())
    found = ranked(leak, _fingerprints(), MOST)
    words = [cell.strip() for line in lines for cell in line if isinstance(cell, str)]
    named = set(numbers_in(words))
    candidates = _candidates(found, named, sha256)
    looked = _looked(words)
    people = {one.export.account_id for one in candidates} | {one.account_id for one in looked}
    return Trace(
        rows=leak.rows,
        exports=Export.objects.count(),
        candidates=candidates,
        looked=looked,
        names=dict(Account.objects.filter(id__in=[one for one in people if one]).values_list("id", "name")),
    )


def _fingerprints() -> Iterator[tuple[int, Fingerprint]]:
    rows = Export.objects.order_by("-at").values_list("id", "rows", "cells", "pairs")
    for key, count, cells, pairs in rows.iterator(_CHUNK):
        yield key, unpacked(count, bytes(cells), bytes(pairs))


def _candidates(found: Sequence[Held], named: set[str], sha256: str) -> list[Candidate]:
    """The very file first, then what the file itself names, then by how much is held."""
    by_id = {one.export: one for one in found}
    plain = Export.objects.defer("cells", "pairs", "mark")
    told = plain.filter(id__in=by_id) | plain.filter(number__in=named)
    if sha256:
        told |= plain.filter(sha256=sha256)
    best = found[0] if found else None
    alone = best is not None and not any(one.same_as(best) for one in found[1:])
    made = [
        Candidate(
            export=one,
            held=by_id.get(one.pk),
            named=one.number in named,
            same_file=bool(sha256) and one.sha256 == sha256,
            alone=alone and best is not None and one.pk == best.export,
        )
        for one in told
    ]
    return sorted(made, key=_order)


def _order(one: Candidate) -> tuple[object, ...]:
    return (not one.same_file, one.held.rank if one.held else (0, 0, 0), not one.named, -one.export.pk)


def _looked(words: Sequence[str]) -> list[Looked]:
    """By the cases whose numbers, or whose reports' codes, stand in the leak."""
    short = {word.upper() for word in words if 4 <= len(word) <= _LONGEST}
    cases = set(Case.objects.filter(number__in=short).values_list("id", flat=True))
    cases |= set(Report.objects.filter(tracking_code__in=short).values_list("case_id", flat=True))
    if not cases:
        return []
    rows = (
        Lookup.objects.filter(case_id__in=cases)
        .values("account_id")
        .annotate(cases=Count("case_id", distinct=True), looks=Count("id"), first=Min("at"), last=Max("at"))
    )
    least = min(_LEAST_LOOKED, len(cases))
    wanted = rows.filter(cases__gte=least).order_by("-cases", "-last")[:MOST]
    return [
        Looked(one["account_id"], one["cases"], len(cases), one["looks"], one["first"], one["last"])
        for one in wanted
    ]
