"""What decisions need to know around the cases of a batch: one statement each, and only when a step asks for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gezhi.cases.models import Assignment, CaseEvent, Evidence, Report
from gezhi.cases.photos import is_stored
from gezhi.cases.stepping import CaseRow
from gezhi.packs.shapes import Kind

ACTIVE = ("open", "received")


class Asked(Protocol):
    @property
    def case_id(self) -> int: ...
    @property
    def who(self) -> "AskedBy": ...
    @property
    def given(self) -> "AskedWith": ...


class AskedWith(Protocol):
    @property
    def evidence(self) -> tuple[str, ...]: ...


class AskedBy(Protocol):
    @property
    def report_id(self) -> int | None: ...
    @property
    def account_id(self) -> int | None: ...


@dataclass(frozen=True)
class Around:
    did: Mapping[int, Mapping[Kind, int | None]]  # case -> who took the last step of each kind
    active: Mapping[int, int]  # case -> its active assignment
    said: Mapping[int, tuple[int, datetime | None]]  # report -> its case, and when it was rated
    used_photos: frozenset[str]  # keys given with these steps that prove something already


def read_around(rows: Collection[CaseRow], steps: Sequence[Asked]) -> Around:
    by_people = [step.case_id for step in steps if step.who.account_id is not None]
    reports = [step.who.report_id for step in steps if step.who.report_id is not None]
    active = Assignment.objects.filter(case_id__in=[row.id for row in rows], state__in=ACTIVE)
    return Around(
        did=last_actors(by_people),
        active=dict(active.values_list("case_id", "id")),
        used_photos=used_photos(key for step in steps for key in step.given.evidence),
        said=_said(reports),
    )


def _said(reports: Sequence[int]) -> Mapping[int, tuple[int, datetime | None]]:
    if not reports:
        return {}
    rows = Report.objects.filter(id__in=reports).values_list("id", "case_id", "rated_at")
    return {pk: (case_id, rated_at) for pk, case_id, rated_at in rows}


def used_photos(keys: Iterable[str]) -> frozenset[str]:
    """Those of the keys that prove something already."""
    asked = set(filter(is_stored, keys))
    used = Evidence.objects.filter(key__in=asked).values_list("key", flat=True) if asked else ()
    return frozenset(str(key) for key in used)


def last_actors(case_ids: Sequence[int]) -> Mapping[int, Mapping[Kind, int | None]]:
    if not case_ids:
        return {}
    last = CaseEvent.objects.filter(case_id__in=case_ids).order_by("case_id", "kind", "-seq")
    found: dict[int, dict[Kind, int | None]] = defaultdict(dict)
    for case_id, kind, account in last.distinct("case_id", "kind").values_list(
        "case_id", "kind", "account_id"
    ):
        found[case_id][Kind(kind)] = account
    return found
