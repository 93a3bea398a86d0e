"""Personal rights in the demonstration city: who looked at whom and what for, an emergency, requests in each state."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Final

from django.utils import timezone

from gezhi.cases.actions import Step, Who, take
from gezhi.cases.actions.contact import show_contact
from gezhi.cases.actions.glass import break_glass
from gezhi.cases.models import Case, Report, Reporter
from gezhi.cases.procedure import Given
from gezhi.cases.queries import visible
from gezhi.lib.reach import EVERYTHING, within
from gezhi.lib.refused import Refused
from gezhi.people.access import Actor, actor_of
from gezhi.people.duty import Wish
from gezhi.people.looking import PAGE, Origin
from gezhi.people.models import Account
from gezhi.rights.actions import carry_out, open_request
from gezhi.rights.actions.asking import Asked
from gezhi.rights.models import Right
from gezhi.rights.queries.people import person_of_number

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_LOOKS: Final = (  # who, for what, in which words
    ("dispatcher", "handling", "核实具体位置"),
    ("dispatcher", "handling", "约时间上门查看"),
    ("supervisor", "supervision", "回访核实办理情况"),
    ("leader", "supervision", "接访前了解情况"),
)
_EACH: Final = 8
_REQUESTS: Final = (  # days ago, right, words, and how far it came
    (12, Right.COPY, "", "done"),
    (9, Right.WITHDRAW, "不想再接到短信", "done"),
    (6, Right.EXPLAIN, "为什么派给了街道，而不是城管局", "granted"),
    (5, Right.DELETE, "已经办完，请删除我的电话和地址", "granted"),
    (3, Right.CORRECT, "地址写错了，是 12 号不是 21 号", "accepted"),
    (2, Right.DELETE, "请删除全部记录", "refusing"),
    (1, Right.OBJECT, "", "done"),
    (0, Right.EXPLAIN, "我的诉求为什么被合并", "asked"),
)


def exercise_rights(now: datetime, seed: int) -> None:
    """Nothing where nobody left a number."""
    _looks(now, Random(seed))
    _emergency(now)
    numbers = _numbers(len(_REQUESTS))
    for number, (days, right, words, until) in zip(numbers, _REQUESTS, strict=False):
        _request(number, Asked(right, words), until, now - days * _DAY - 50 * _MINUTE)


def _actor(username: str) -> Actor:
    return actor_of(Account.objects.get(username=username), timezone.localdate())


def _looks(now: datetime, rng: Random) -> None:
    """In office hours of the days before, at cases that each of them sees."""
    for username, purpose, reason in _LOOKS:
        actor = _actor(username)
        seen = Case.objects.filter(visible(actor), id__in=_left_a_number()).order_by("-id")
        for number in seen.values_list("number", flat=True)[:_EACH]:
            noon = timezone.localtime(now - rng.randrange(1, 20) * _DAY).replace(hour=10, minute=0)
            at = noon + rng.randrange(300) * _MINUTE
            show_contact(actor, number, Wish(purpose, reason), Origin(PAGE, "10.0.0.21"), at=at)


def _left_a_number() -> list[int]:
    """Of the newest reports: their cases."""
    with within(EVERYTHING):
        newest = Reporter.objects.exclude(number="").order_by("-report_id")
        reports = list(newest.values_list("report_id", flat=True)[:3000])
    return list(Report.objects.filter(id__in=reports).values_list("case_id", flat=True))


def _emergency(now: datetime) -> None:
    """Of a town's dispatcher at a case of another town; it waits for its review."""
    actor = _actor("town")
    beyond = Case.objects.exclude(visible(actor)).exclude(category__startswith="sec-").order_by("-id")
    for number in beyond.values_list("number", flat=True)[:20]:
        try:
            break_glass(actor, number, "夜间燃气泄漏，需立即联系周边住户", "10.0.0.21", now - 90 * _MINUTE)
        except Refused:
            continue
        return


def _numbers(many: int) -> list[str]:
    """Of people whose matter is closed, each of another person."""
    closed = Report.objects.filter(case__is_open=False).order_by("-id").values_list("id", flat=True)[:3000]
    with within(EVERYTHING):
        newest = Reporter.objects.filter(report_id__in=list(closed)).exclude(number="")
        phones: Iterator[str] = iter(dict.fromkeys(newest.values_list("phone", flat=True)))
    return list(islice(phones, many))


def _request(number: str, asked: Asked, until: str, at: datetime) -> None:
    request = open_request(person_of_number(number), asked, now=at)
    if until == "done":
        carry_out(request.case_id, at + _MINUTE)
    if until in ("granted", "accepted", "refusing"):
        _step(request.case_id, "accept", Given(), at + 30 * _MINUTE)
    if until == "granted":
        _step(request.case_id, "grant", Given(text="同意办理。"), at + 40 * _MINUTE)
        carry_out(request.case_id, at + 41 * _MINUTE)
    if until == "refusing":
        why = "其中两件仍在法定保存期内，其余已经同意删除"
        _step(request.case_id, "refuse", Given(reason=why), at + 40 * _MINUTE)


def _step(case_id: int, key: str, given: Given, at: datetime) -> None:
    outcome = take([Step(case_id, key, Who(actor=_actor("steward")), given)], at)[0]
    if isinstance(outcome, Exception):
        raise outcome
