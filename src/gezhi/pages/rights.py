"""What is held of a person, as the person's own page and the counter's show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.procedure import state_of
from gezhi.cases.world import known_world
from gezhi.lib.personal import Name, Whose
from gezhi.pages.showing import GRADES, Due, StateTag, due_of, english, role_name, said, state_tag
from gezhi.people.purposes import PURPOSES
from gezhi.places.queries import place_names
from gezhi.rights.models import Request, Right
from gezhi.rights.person import Person
from gezhi.rights.queries.asked import lines_of
from gezhi.rights.queries.keeping import Due as Ended
from gezhi.rights.queries.keeping import lengths
from gezhi.rights.queries.looks import LookLine
from gezhi.rights.queries.mine import MyReport, MyRequest, mine
from gezhi.rights.queries.plans import Kept, Plan, always_kept, going_of
from gezhi.rights.register import GRADES as TAG_GRADES
from gezhi.rights.register import WHOSE, kept_for
from gezhi.rights.tags import all_tags

RIGHTS: Final = {
    Right.COPY: gettext_lazy("查阅、复制"),
    Right.CORRECT: gettext_lazy("更正、补充"),
    Right.DELETE: gettext_lazy("删除"),
    Right.WITHDRAW: gettext_lazy("撤回同意"),
    Right.OBJECT: gettext_lazy("不要机器处理"),
    Right.EXPLAIN: gettext_lazy("要求解释"),
}
PAPER_WORDS: Final = {
    "id-card": gettext_lazy("居民身份证"),
    "passport": gettext_lazy("护照"),
    "social-card": gettext_lazy("社会保障卡"),
    "residence-permit": gettext_lazy("居住证、港澳台居民居住证"),
    "other": gettext_lazy("其他有效证件"),
}
STANDING_WORDS: Final = {
    "self": gettext_lazy("本人"),
    "guardian": gettext_lazy("监护人（未满 14 周岁或无行为能力的人）"),
    "relative": gettext_lazy("去世者的近亲属（个人信息保护法第四十九条）"),
    "agent": gettext_lazy("受托人（有委托书）"),
}
_COUNTER: Final = gettext_lazy("窗口代办")
_SELF: Final = gettext_lazy("本人网上")
_LATE: Final = datetime.max.replace(tzinfo=UTC)
_FOR_EVER: Final = 10**6  # days: what has no end of its own stands last
_WAYS: Final = {
    "page": gettext_lazy("在页面上看"),
    "api": gettext_lazy("由其他系统读取"),
    "export": gettext_lazy("导出"),
    "print": gettext_lazy("打印"),
    "field": gettext_lazy("在现场看"),
}


@dataclass(frozen=True, slots=True)
class ReportView:
    id: int
    code: str
    number: str
    text: str
    place: str
    category: str
    received_at: datetime
    state: StateTag
    grade: str
    rating_text: str
    photos: Sequence[str]
    answers: Sequence[tuple[datetime, str]]
    calls: Sequence[tuple[datetime, str]]
    erased: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    id: int
    number: str
    right: str
    at: datetime
    state: StateTag
    due: Due | None
    answers: Sequence[tuple[datetime, str]]
    open_steps: frozenset[str]


@dataclass(frozen=True, slots=True)
class LookView:
    at: datetime
    who: str
    purpose: str
    fields: str
    way: str
    matters: int = 1


@dataclass(frozen=True, slots=True)
class MineView:
    """`contacts`: each name, number and address once, with how many reports hold it."""

    reports: Sequence[ReportView]
    more: int
    requests: Sequence[RequestView]
    looks: Sequence[LookView]
    names: Sequence[tuple[str, int]]
    numbers: Sequence[tuple[str, int]]
    emails: Sequence[tuple[str, int]]
    by_hand: bool
    untaught: bool


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One kind of information in the public register."""

    what: str
    purposes: str
    basis: str
    duty: str
    grade: str
    kept: str
    days: int = _FOR_EVER


@dataclass(frozen=True, slots=True)
class RequestLine:
    """`way`: by the person alone, or at the counter."""

    number: str
    right: str
    at: datetime
    state: StateTag
    due: Due | None
    way: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class DueView:
    """What of one kind is kept how long, how many come to their end now, and when the next does."""

    what: str
    more: str
    table: str
    kept: str
    parameter: str
    source: str
    rows: int
    held: int
    next_at: datetime | None


def request_lines(requests: Sequence[Request], now: datetime) -> list[RequestLine]:
    catalogue = known_world().catalogue
    found = []
    for line in lines_of(requests):
        case = line.case
        procedure = catalogue.procedure(case.pack_version_id, case.procedure)
        found.append(
            RequestLine(
                number=case.number,
                right=str(RIGHTS[Right(line.request.right)]),
                at=line.request.at,
                state=state_tag(state_of(procedure, case.state)),
                due=due_of(case.due_at, now) if case.is_open else None,
                way=str(_COUNTER if line.request.account_id else _SELF),
                is_open=case.is_open,
            )
        )
    return found


def due_views(dues: Sequence[Ended]) -> list[DueView]:
    """What ends first stands first; kinds of which nothing is held are left out."""
    found = [_due_view(one) for one in dues if one.rows or one.held]
    return sorted(found, key=lambda one: (-one.rows, one.next_at or _LATE))


def _due_view(one: Ended) -> DueView:
    lot, at = one.lot, int(english())
    names = [what[at] for what in lot.what]
    return DueView(
        what=("、", ", ")[at].join(names[:3]),
        more=("、", ", ")[at].join(names[3:]),
        table=lot.table,
        kept=_in(kept_for(lot.retention, lot.days)),
        parameter=lot.retention.parameter,
        source=_in(lot.retention.source),
        rows=one.rows,
        held=one.held,
        next_at=one.next_at,
    )


def mine_view(person: Person, now: datetime) -> MineView:
    found = mine(person)
    places = place_names(report.place_code for report in found.reports)
    return MineView(
        reports=[_report(one, places) for one in found.reports],
        more=found.more,
        requests=[_request(one, now) for one in found.requests],
        looks=_looks(found.looks),
        names=_counted(report.name for report in found.reports),
        numbers=_counted(report.phone for report in found.reports),
        emails=_counted(report.email for report in found.reports),
        by_hand=found.by_hand,
        untaught=found.untaught,
    )


def _counted(values: object) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for value in values:  # type: ignore[attr-defined]
        if value:
            found[value] = found.get(value, 0) + 1
    return list(found.items())


def _report(one: MyReport, places: Mapping[str, str]) -> ReportView:
    category = known_world().catalogue.category(one.category)
    return ReportView(
        id=one.id,
        code=one.code,
        number=one.number,
        text=one.text,
        place=one.address or places.get(one.place_code, ""),
        category=said(category.name),
        received_at=one.received_at,
        state=state_tag(one.state),
        grade=next((str(words) for grade, words in GRADES if grade == one.rating), ""),
        rating_text=one.rating_text,
        photos=one.photos,
        answers=[(at, text) for at, _, text in one.answers if text],
        calls=[(at, text) for at, text in one.calls if text],
        erased=one.erased,
        is_open=one.is_open,
    )


def _request(one: MyRequest, now: datetime) -> RequestView:
    return RequestView(
        id=one.id,
        number=one.number,
        right=str(RIGHTS[Right(one.right)]),
        at=one.at,
        state=state_tag(one.state),
        due=due_of(one.due_at, now),
        answers=[(at, text) for at, text in one.answers if text],
        open_steps=one.open_steps,
    )


def _looks(lines: Sequence[LookLine]) -> list[LookView]:
    """One look at several matters is told once."""
    found: dict[tuple[object, ...], LookView] = {}
    for line in lines:
        one = _look(line)
        key = (one.at.replace(second=0, microsecond=0), one.who, one.purpose, one.fields, one.way)
        known = found.get(key)
        found[key] = replace(one, matters=known.matters + 1, at=known.at) if known else one
    return list(found.values())


def _look(line: LookLine) -> LookView:
    purpose, at = PURPOSES.get(line.purpose), int(english())
    unit = line.unit[at]
    return LookView(
        at=line.at,
        who=f"{unit} {role_name(line.role)}".strip() if line.role else unit,
        purpose=line.purpose if purpose is None else (purpose.en if at else purpose.zh),
        fields=("、", ", ")[at].join(field_name(field) for field in line.fields),
        way=str(_WAYS.get(line.way, line.way)),
    )


def field_name(field: str) -> str:
    """As its tag calls it: phone is 电话."""
    tags = all_tags().columns
    named = (key for key in (f"cases_reporter.{field}", f"cases_report.{field}") if key in tags)
    key = next(named, "")
    return tags[key].what[int(english())] if key else field


def plan_words(plan: Plan) -> dict[str, object]:
    """What would go, what stays and why, for a template."""
    at = int(english())
    return {
        "going": [(one.name[at], one.rows, [what[at] for what in one.what]) for one in going_of(plan.gone)],
        "kept": [(_kept_words(one), one.why[at]) for one in plan.kept],
        "always": always_kept()[at],
    }


def _kept_words(one: Kept) -> str:
    """A report by its tracking code; of other rows, what they are."""
    if one.report_id is not None:
        return f"{_('查询码')} {one.what}"
    return all_tags().holds(one.what).name[int(english())] or one.what


def kept_rows() -> list[tuple[str, list[KeptRow]]]:
    """The public register: of whom, and what; each kind of information once."""
    found: list[tuple[str, list[KeptRow]]] = []
    days = lengths()
    for whose in (Whose.REPORTER, Whose.VISITED, Whose.ANYONE, Whose.STAFF):
        tags = [tag for tag in all_tags().columns.values() if tag.subject is whose]
        rows = [
            KeptRow(
                what=_in(tag.what),
                purposes=_purposes(tag.purpose),
                basis=_in(tag.basis.law),
                duty=_in(tag.basis.duty),
                grade=_in(TAG_GRADES[tag.grade]),
                kept=_in(kept_for(tag.retention, days[tag.retention.key])),
                days=days[tag.retention.key] or _FOR_EVER,
            )
            for tag in tags
        ]
        together = sorted(dict.fromkeys(rows), key=lambda row: (row.days, row.kept))
        found.append((_in(WHOSE[whose]), together))
    return found


def _purposes(keys: Sequence[str]) -> str:
    at = int(english())
    return ("、", ", ")[at].join(PURPOSES[key].en if at else PURPOSES[key].zh for key in keys)


def _in(name: Name) -> str:
    return name[int(english())]
