"""A person asks for something about their own data: a case of the pack `rights`, with its limits."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from gezhi.cases.actions.acting import Step, Who, take
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Report
from gezhi.cases.procedure import Refused
from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.rights.models import Channel, Request, Right
from gezhi.rights.person import Person

SOURCE: Final = "rights"
AT_ONCE: Final = frozenset({Right.COPY, Right.WITHDRAW, Right.OBJECT})  # nobody has to decide these
LONGEST: Final = 2000
_SAID: Final = {
    Right.COPY: ("要求查阅、复制个人信息", "Asks for a copy of the data held"),
    Right.CORRECT: ("要求更正、补充个人信息", "Asks to have data corrected"),
    Right.DELETE: ("要求删除个人信息", "Asks to have data deleted"),
    Right.WITHDRAW: ("撤回同意", "Withdraws consent"),
    Right.OBJECT: ("拒绝由机器自动处理", "Objects to automated handling"),
    Right.EXPLAIN: ("要求解释说明", "Asks for an explanation"),
}


@dataclass(frozen=True, slots=True)
class Counter:
    """A request that was made in person: who took it up, which kind of paper was looked at, whom it is for."""

    account_id: int
    paper: str
    standing: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked. `wish`: by field; `words`: the person's own. `report_id`: the one report that it is about."""

    right: Right
    words: str = ""
    wish: Mapping[str, str] | None = None
    report_id: int | None = None
    language: str = "zh-hans"


@transaction.atomic
def open_request(
    person: Person, asked: Asked, counter: Counter | None = None, now: datetime | None = None
) -> Request:
    """What nobody has to decide is carried out at once. Raises Refused where no pack `rights` is published, and for
    the same request while one is open."""
    at = now or timezone.now()
    _require_pack(asked.right)
    channel = _channel_of(person, at)
    _require_none_open(person, channel, asked)
    receipt = accept([_report(person, asked, counter, at)], at)[0]
    request = Request.objects.create(
        case_id=receipt.case_id,
        own_report_id=receipt.report_id,
        right=asked.right,
        channel=channel,
        report_id=asked.report_id or (person.reports[0] if channel is None else None),
        wish=dict(asked.wish or {}),
        at=at,
        account_id=counter.account_id if counter else None,
        paper=counter.paper if counter else "",
        standing=counter.standing if counter else "self",
    )
    facts: dict[str, Fact] = {"right": request.right, "case": request.case_id, "account": request.account_id}
    record("rights.asked", f"request:{request.pk}", facts)
    if asked.right in AT_ONCE:
        _begin(receipt.case_id, at)
    return request


def _begin(case_id: int, at: datetime) -> None:
    outcome = take([Step(case_id, "at-once", Who())], at)[0]
    if isinstance(outcome, Exception):
        raise outcome


def _require_pack(right: Right) -> None:
    if f"rights-{right}" not in world().catalogue.reportable_keys:
        raise Refused(
            "no-rights-pack",
            "本市还没有开通网上受理，请到窗口或拨打热线提出。",
            "This node has not published the pack 'rights'. Ask at the counter or by telephone.",
        )


def _require_none_open(person: Person, channel: Channel | None, asked: Asked) -> None:
    same = Request.objects.filter(right=asked.right, done_at=None, report_id=asked.report_id)
    same = (
        same.filter(channel=channel)
        if channel
        else Request.objects.filter(right=asked.right, done_at=None, report_id__in=person.reports)
    )
    open_cases = Report.objects.filter(id__in=same.values("own_report_id"), case__is_open=True)
    number = open_cases.values_list("case__number", flat=True).first()
    if number:
        raise Refused(
            "asked-already",
            f"同样的请求 {number} 正在办理，请等待答复。",
            f"The same request, {number}, is being decided. Wait for its answer.",
        )


def _channel_of(person: Person, at: datetime) -> Channel | None:
    """None for whoever came with a tracking code alone."""
    if person.channel_id:
        return Channel.objects.get(id=person.channel_id)
    if not person.number:
        return None
    made = {"number": person.number, "made_at": at, "seen_at": at}
    return Channel.objects.get_or_create(digest=person.digest, defaults=made)[0]


def _report(person: Person, asked: Asked, counter: Counter | None, at: datetime) -> NewReport:
    said = _SAID[asked.right][asked.language == "en"]
    words = asked.words.strip()[:LONGEST]
    return NewReport(
        source=SOURCE,
        source_id=str(uuid.uuid4()),
        text=f"{said}：{words}" if words else said,
        occurred_at=at,
        place_code=world().root,
        category=f"rights-{asked.right}",
        reporter_phone=person.number,
        language=asked.language,
        submitted_by_id=counter.account_id if counter else None,
    )
