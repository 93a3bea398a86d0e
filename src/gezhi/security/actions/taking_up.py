"""Warnings that are high enough open a security case by the one door, or join the one that is open."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Case, Report
from gezhi.cases.procedure import Given
from gezhi.cases.world import World, world
from gezhi.ledger.actions import record
from gezhi.notices.actions import Answer, queue_answers
from gezhi.packs.shapes import LEVELS, WarningRule
from gezhi.people.signals import SIGNALS
from gezhi.security.models import RaisedWarning
from gezhi.security.queries.counting import rules, wanting_a_case

SOURCE: Final = "security"
STEP: Final = "more-signals"
SAME: Final = timedelta(days=7)  # a warning of the same rule or group this long after another is one matter
_LEVEL_ZH: Final = dict(zip(LEVELS, ("蓝色", "黄色", "橙色", "红色"), strict=True))
_UNITS_ZH: Final = {"minutes": "分钟", "hours": "小时", "days": "天"}
_BY_ZH: Final = {"account": "账户", "address": "网络地址", "node": "系统"}


def take_up_warnings(now: datetime | None = None) -> list[int]:
    """Every rule; the ids of the cases. What fails is tried again in a minute: the door knows its reports."""
    at = now or timezone.now()
    return [take_up(warning, rule, at) for rule in rules().values() for warning in wanting_a_case(rule, at)]


def take_up(warning: RaisedWarning, rule: WarningRule, now: datetime, account_id: int | None = None) -> int:
    """The case that the warning opened or joined. `account_id`: of whoever asked for it; None: the rule did."""
    assert rule.category is not None
    known = _open_case(warning, rule, now)
    case_id, report_id = _join(known, warning, rule) if known else _open(warning, rule, now)
    with transaction.atomic():
        if RaisedWarning.objects.filter(pk=warning.pk, case_id=None).update(case_id=case_id):
            facts = {"case": case_id, "joined": known is not None, "account": account_id}
            record("security.warning.case", f"warning:{warning.pk}", {**facts, "level": warning.level})
            _tell(warning, rule, case_id, report_id, now)
    return case_id


def _open_case(warning: RaisedWarning, rule: WarningRule, now: datetime) -> Case | None:
    """The newest open one of the category that a warning of the same rule, account or address opened or joined."""
    others = RaisedWarning.objects.filter(case_id__isnull=False, began_at__gt=now - SAME).exclude(
        pk=warning.pk
    )
    same = others.filter(rule=warning.rule)
    if warning.group:
        same = same | others.filter(by=warning.by, group=warning.group)
    found = Case.objects.filter(id__in=same.values("case_id"), category=rule.category, is_open=True)
    return found.order_by("-id").first()


def _join(case: Case, warning: RaisedWarning, rule: WarningRule) -> tuple[int, int]:
    report = (
        Report.objects.filter(case_id=case.pk, source=SOURCE).order_by("id").values_list("id", flat=True)[0]
    )
    act_as_reporter(case.pk, report, STEP, Given(text=told(warning, rule)))
    return case.pk, report


def _open(warning: RaisedWarning, rule: WarningRule, now: datetime) -> tuple[int, int]:
    current = world()
    report = NewReport(
        source=SOURCE,
        source_id=f"warning-{warning.pk}-{warning.began_at:%Y%m%d%H%M%S}",
        text=told(warning, rule),
        occurred_at=warning.began_at,
        place_code=current.root,
        category=rule.category or "",
        attributes=_attributes(warning, rule, current),
    )
    receipt = accept([report], now)[0]
    return receipt.case_id, receipt.report_id


def _tell(warning: RaisedWarning, rule: WarningRule, case_id: int, report_id: int, now: datetime) -> None:
    """The telephones of whoever is on duty, where there is a gateway: what, how high, which case; of nobody."""
    case = Case.objects.only("number", "due_at").get(pk=case_id)
    due = f"，{timezone.localtime(case.due_at):%m-%d %H:%M} 前研判上报" if case.due_at else ""
    level = _LEVEL_ZH[LEVELS[warning.level - 1]]
    text = f"【安全预警】{level}：{rule.title.zh}，案件 {case.number}{due}。"
    phones = settings.SECURITY_PHONES if settings.SMS_URL else []
    queue_answers([Answer(case_id, report_id, phone, "sms", "sec-warning", text) for phone in phones], now)


def told(warning: RaisedWarning, rule: WarningRule) -> str:
    """What the case says: the rule, the level, what was counted; of whom only an account's or address's own words."""
    what = "、".join(SIGNALS[key].zh for key in rule.signals)
    group = f"{_BY_ZH[warning.by]} {warning.group}" if warning.group else _BY_ZH[warning.by]
    level = _LEVEL_ZH[LEVELS[warning.level - 1]]
    return (
        f"{rule.title.zh}（{level}预警）：{group}，{what}，{_within_zh(rule.within)}内计 {warning.number}。"
        f"预警编号 {warning.pk}。这是对事件的统计，不是对人的评价。"
    )


def _within_zh(within: str) -> str:
    number, unit = within.split()
    return f"{number} {_UNITS_ZH[unit]}"


def _attributes(warning: RaisedWarning, rule: WarningRule, current: World) -> dict[str, str | int]:
    zone = current.office.zone
    return {
        "operator": settings.OPERATOR_KIND,
        "warning_rule": rule.key,
        "warning_level": LEVELS[warning.level - 1],
        "counted_by": warning.by,
        "counted": warning.number,
        "first_at": warning.began_at.astimezone(zone).isoformat(timespec="seconds"),
        "last_at": warning.last_at.astimezone(zone).isoformat(timespec="seconds"),
    }
