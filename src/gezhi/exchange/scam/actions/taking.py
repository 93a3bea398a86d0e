"""From a notice to a dissuasion: the number goes where contact data of reporters go, behind the second wall."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from gezhi.cases.intake.door import accept
from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import Fault, Unreadable
from gezhi.cases.models import Report, Reporter
from gezhi.exchange.hazards.actions import CHANNEL, NotYours
from gezhi.exchange.rest.scam_shapes import NoticeIn
from gezhi.lib.numbers import number_key
from gezhi.lib.reach import EVERYTHING, within
from gezhi.sensing.actions.tallying import heard_from, tally
from gezhi.sensing.models import EventFate, EventSource, EventWay
from gezhi.sensing.queries.sources import is_known, source_of

CATEGORY: Final = "sd-warned"
OLDEST: Final = timedelta(days=1)
AHEAD: Final = timedelta(minutes=10)
TEXT: Final = (
    "电信主管部门提示：一部电话的机主疑似正在遭受电信网络诈骗。请尽快致电劝阻；联系不上的，会同民警上门。"
    "机主是被保护的人，不得登记、标注或者评价。"
)


@dataclass(frozen=True, slots=True)
class Dissuasion:
    """`case_number` None: a case about this number is open already."""

    fate: EventFate
    case_number: str | None = None


def take_notice(notice: NoticeIn, account_id: int) -> Dissuasion:
    """Raises NotYours and Unreadable; both are counted."""
    now = timezone.now()
    source = source_of(notice.source, EventWay.SCAM)
    if source is None or source.account_id != account_id:
        tally("", EventFate.MISTRUSTED, now)
        raise NotYours
    heard_from(source.pk, now)
    try:
        done = _take(notice, source, now)
    except Unreadable:
        tally(source.key, EventFate.INVALID, now)
        raise
    tally(source.key, done.fate, now)
    return done


def _take(notice: NoticeIn, source: EventSource, now: datetime) -> Dissuasion:
    channel = f"{CHANNEL}:{source.key}"
    edge = edge_for(channel, source.account_id, now, staffed=True, strict=True)
    report = read_report(_raw(notice, now), edge)
    if notice.urgency != "now" and not is_known(channel, notice.id) and is_open(notice.phone):
        return Dissuasion(EventFate.JOINED)
    receipt = accept([report], now)[0]
    fate = EventFate.AGAIN if receipt.known else EventFate.OPENED
    return Dissuasion(fate, receipt.case_number)


def _raw(notice: NoticeIn, now: datetime) -> dict[str, object]:
    """Raises Unreadable for a notice that comes too late to help."""
    at = notice.at or now
    if at.utcoffset() is None or not now - OLDEST <= at <= now + AHEAD:
        raise Unreadable([Fault("at", "", "needs a zone, and lies within the last day")])
    return {
        "source_id": notice.id,
        "text": TEXT,
        "category": CATEGORY,
        "place_code": notice.place_code,
        "occurred_at": min(at, now),
        "reporter_phone": notice.phone,
        "attributes": {"scam": notice.scam, "urgency": notice.urgency},
    }


def is_open(phone: str) -> bool:
    """Whether somebody is dissuading the owner of this number already. The answer is used here and goes nowhere."""
    with within(EVERYTHING):
        reports = list(Reporter.objects.filter(number=number_key(phone)).values_list("report_id", flat=True))
    return Report.objects.filter(id__in=reports, case__category=CATEGORY, case__is_open=True).exists()
