"""What erasing a person would take, what stays, and which law keeps it."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Final

from gezhi.cases.models import Report
from gezhi.lib.personal import Name
from gezhi.rights.models import Request
from gezhi.rights.person import Person
from gezhi.rights.queries.sql import rows_of
from gezhi.rights.tags import all_tags
from gezhi.rights.wiping import goes

_OPEN: Final[Name] = (
    "事项还在办理，办理需要这些内容（个人信息保护法第四十七条第一款第一项：处理目的尚未实现）；办结后可以再申请删除",
    "The matter is still being handled and needs it (PIPL art. 47(1)(1): its purpose is not reached); ask again once"
    " it is closed",
)
_RECORD: Final[Name] = (
    "编号、类别、地点网格、各步骤的时间和单位等不含身份的记录，依照档案法和考核公开的需要保留",
    "Number, category, grid, times and units of the steps, which name nobody, stay by the Archives Law",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays. `what`: table, or the report's tracking code; `why`: with the law."""

    what: str
    rows: int
    why: Name
    report_id: int | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Going:
    """What would go: `name`: of such a row, `what`: its columns, each as a person calls it, and of how many rows."""

    name: Name
    what: tuple[Name, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`gone`: the person, with the reports that may go alone. `kept`: what stays."""

    gone: Person
    kept: tuple[Kept, ...]

    @property
    def held_up(self) -> bool:
        """Whether some report stays for now."""
        return any(one.report_id is not None for one in self.kept)


def plan_of(person: Person, spare: Collection[int] = (), *, even_open: bool = False) -> Plan:
    """`spare`: reports that stay whatever they are. `even_open`: what is still being handled goes too."""
    spare = [*spare, *_asked_still(person)] if not even_open else spare
    kept = [] if even_open else kept_of(person, spare)
    held_up = {one.report_id for one in kept}
    going = [one for one in person.reports if one not in spare and one not in held_up]
    rows = list(Report.objects.filter(id__in=going).values_list("id", "case_id"))
    gone = replace(
        person,
        reports=tuple(report for report, _ in rows),
        cases=tuple(sorted({case for _, case in rows})),
        channel_id=None,
        digest="",
    )
    return Plan(gone, (*kept, *lasting_of(gone)))


def _asked_still(person: Person) -> list[int]:
    """Requests that are being decided, this one among them, go with their own answers."""
    own = Request.objects.filter(own_report_id__in=person.reports).values("own_report_id")
    return list(Report.objects.filter(id__in=own, case__is_open=True).values_list("id", flat=True))


def kept_of(person: Person, spare: Collection[int] = ()) -> list[Kept]:
    """Reports whose case is still open."""
    still = Report.objects.filter(id__in=person.reports, case__is_open=True).exclude(id__in=spare)
    return [Kept(code, 1, _OPEN, pk) for pk, code in still.order_by("id").values_list("id", "tracking_code")]


def lasting_of(person: Person) -> list[Kept]:
    """Rows that a law keeps whatever is asked."""
    found = []
    tags = all_tags()
    for table in tags.tables:
        held = tags.holds(table)
        if held.lasts and held.reporter:
            rows = _count(table, f"({held.reporter}) AND ({held.lasts})", person)
            found += [Kept(table, rows, held.why)] if rows else []
    return found


def going_of(person: Person) -> list[Going]:
    """Table by table."""
    tags = all_tags()
    found = []
    for table in tags.tables:
        held = tags.holds(table)
        names = tuple(tag.what for tag in tags.of_table(table).values() if goes(tag))
        if held.reporter and names:
            lasting = f" AND NOT ({held.lasts})" if held.lasts else ""
            rows = _count(table, f"({held.reporter}){lasting}", person)
            found += [Going(held.name, names, rows)] if rows else []
    return found


def always_kept() -> Name:
    return _RECORD


def _count(table: str, condition: str, person: Person) -> int:
    return int(rows_of(f'SELECT count(*) FROM "{table}" t WHERE {condition}', person.params)[0][0])
