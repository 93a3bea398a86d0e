"""Carrying out what was granted, and what needs no decision; then the case is closed and the person told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gezhi.cases.actions.acting import Step, Who, take
from gezhi.cases.models import Report
from gezhi.cases.procedure import Given, Refused
from gezhi.ledger.actions import record
from gezhi.people.actions.sealing import require_fresh
from gezhi.people.binding import waits
from gezhi.rights.actions.asking import AT_ONCE
from gezhi.rights.actions.correcting import correct_content
from gezhi.rights.actions.erasing import erase
from gezhi.rights.actions.withdrawing import object_to_machines, withdraw_consent
from gezhi.rights.models import Erasure, Request, Right
from gezhi.rights.person import Person
from gezhi.rights.queries.people import person_of_channel, person_of_report

FORGET_AFTER: Final = timedelta(days=1)  # the answer to a deletion has arrived by then, and goes as well
AGAIN: Final = {"minutes": 1}
_FORGOTTEN: Final = frozenset({Right.DELETE, Right.WITHDRAW})
Said = tuple[str, str]


def carry_out_when_fresh(case_id: int) -> None:
    """A job, run again until it has come to its end; while nobody outside vouches for the ledger, in a minute."""
    try:
        carry_out(case_id)
    except Refused as refused:
        if not waits(refused):
            raise
        app.configure_task("rights.carry_out", allow_unknown=False, schedule_in=AGAIN).defer(case_id=case_id)


@transaction.atomic
def carry_out(case_id: int, now: datetime | None = None) -> None:
    """Nothing for a case that is no request, or is done. Raises Refused while what somebody decided waits for others
    to vouch for the ledger; what a person may have at once does not wait."""
    at = now or timezone.now()
    request = Request.objects.select_for_update().filter(case_id=case_id, done_at=None).first()
    if request is None:
        return
    wished = Right(request.right) in AT_ONCE
    if not wished:
        require_fresh()
    person = person_of_request(request)
    said, outcome = _DO[Right(request.right)](request, person, at)
    english = Report.objects.values_list("language", flat=True).get(id=request.own_report_id) == "en"
    taken = take([Step(case_id, "finish", Who(), Given(text=said[english]), wished=wished)], at)[0]
    if isinstance(taken, Exception):
        raise taken
    request.done_at, request.outcome = at, dict(outcome)
    request.save(update_fields=["done_at", "outcome"])
    record("rights.carried-out", f"request:{request.pk}", {"right": request.right, "case": case_id})
    if request.right in _FORGOTTEN:
        later = at + FORGET_AFTER
        app.configure_task("rights.forget_request", allow_unknown=False, schedule_at=later).defer(
            request_id=request.pk
        )


def person_of_request(request: Request) -> Person:
    """Whoever asked; of one report alone where the request is about one."""
    whole = person_of_channel(request.channel) if request.channel else None
    if request.report_id is None and whole is not None:
        return whole
    one = person_of_report(request.report_id or 0)
    if whole is None:
        return one
    return replace(one, number=whole.number, digest=whole.digest, channel_id=whole.channel_id)


def forget_request(request_id: int, now: datetime | None = None) -> Erasure | None:
    """The request itself goes once its answer has arrived: its words, its number, and the channel when nothing else
    hangs on it."""
    request = Request.objects.select_related("channel").filter(id=request_id).exclude(done_at=None).first()
    if request is None:
        return None
    person = replace(person_of_report(request.own_report_id), reports=(request.own_report_id,))
    channel = request.channel
    alone = channel is not None and not _others(request)
    return erase(person, request_id=request.pk, even_open=True, channel=channel if alone else None, now=now)


def _others(request: Request) -> bool:
    """Whether anything else is held under the channel."""
    assert request.channel is not None
    left = person_of_channel(request.channel).reports
    told = Report.objects.filter(id__in=left).exclude(id=request.own_report_id).exclude(text="")
    return told.exists()


def _copied(request: Request, person: Person, at: datetime) -> tuple[Said, Mapping[str, object]]:
    zh = "副本可以在“我的个人信息”页面下载，也可以到窗口领取。"
    return (zh, "The copy can be downloaded on the page of your data, or fetched at the counter."), {}


def _corrected(request: Request, person: Person, at: datetime) -> tuple[Said, Mapping[str, object]]:
    fields = correct_content(request, at)
    zh = "已按您的要求更正。" if fields else "已记录您的更正意见。"
    en = "It was corrected as you asked." if fields else "What you said was put on record."
    return (zh, en), {"fields": fields}


def _deleted(request: Request, person: Person, at: datetime) -> tuple[Said, Mapping[str, object]]:
    whole = person if request.report_id is None else replace(person, number="")
    erasure = erase(
        whole, request_id=request.pk, account_id=request.account_id, spare=[request.own_report_id], now=at
    )
    rows, kept = sum(erasure.counts.values()), erasure.kept
    zh = f"已删除 {rows} 条记录里的个人信息。"
    en = f"The personal information in {rows} records was deleted."
    if kept:
        zh += "依法暂不能删除的：" + "；".join(f"{one['what']}（{one['why'][0]}）" for one in kept)
        en += " Kept by law: " + "; ".join(f"{one['what']} ({one['why'][1]})" for one in kept)
    return (zh, en), {"erasure": erasure.pk, "rows": rows, "kept": kept}


def _withdrawn(request: Request, person: Person, at: datetime) -> tuple[Said, Mapping[str, object]]:
    counts = withdraw_consent(person, spare=[request.own_report_id], at=at)
    zh = "您留下的称呼、电话、邮箱和照片位置已经删除，不再用于短信和回访；您说过的话不再用于训练分类。"
    en = (
        "The name, number, e-mail and positions of photos that you left are deleted; there will be no more messages"
        " and calls, and your words no longer teach the classifier."
    )
    return (zh, en), {"rows": counts}


def _objected(request: Request, person: Person, at: datetime) -> tuple[Said, Mapping[str, object]]:
    cases = object_to_machines(person, at)
    zh = "您的事项今后由工作人员判断类别和承办单位，不再采用机器的建议。"
    en = "From now on a person names category and unit of your matters; what a machine suggests is not used."
    return (zh, en), {"cases": cases}


def _explained(request: Request, person: Person, at: datetime) -> tuple[Said, Mapping[str, object]]:
    return ("解释说明已写在答复里。", "The explanation stands in the answer."), {}


_DO: Final[Mapping[Right, Callable[[Request, Person, datetime], tuple[Said, Mapping[str, object]]]]] = {
    Right.COPY: _copied,
    Right.CORRECT: _corrected,
    Right.DELETE: _deleted,
    Right.WITHDRAW: _withdrawn,
    Right.OBJECT: _objected,
    Right.EXPLAIN: _explained,
}
