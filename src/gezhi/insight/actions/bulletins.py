"""Publishing the appraisal of a period: frozen figures, a workbook, a paper (考核通报)."""

import hashlib
from zoneinfo import ZoneInfo

import rfc8785
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from gezhi.cases.world import world
from gezhi.insight.actions.tallying import tally_new
from gezhi.insight.bulletin import Content, Shown, paper, shown, workbook
from gezhi.insight.marking import Method
from gezhi.insight.models import Bulletin
from gezhi.insight.periods import Period, named
from gezhi.insight.queries.figures import Within
from gezhi.insight.queries.methods import appraise, method_of
from gezhi.lib.pdf import render_pdf
from gezhi.people.actions.sealing import record_decision

TREND = 6  # periods


class AlreadyPublished(Exception):
    """The bulletin of this appraisal and period is published; what is published does not change."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def publish_bulletin(key: str, name: str, account_id: int | None = None) -> Bulletin:
    """By a person (signed), or by time. Raises NoAppraisal, BadPeriod, AlreadyPublished, and Refused where a person
    cannot sign now."""
    tally_new()
    period, method = _asked(key, name)
    content = _content(method, period)
    plain = content.model_dump(mode="json", by_alias=True)
    bulletin = Bulletin(
        appraisal=key,
        period=period.name,
        made_at=timezone.now(),
        content=plain,
        sha256=hashlib.sha256(rfc8785.dumps(plain)).hexdigest(),
        xlsx=workbook(content),
        pdf=render_pdf(paper(content, settings.NODE_NAME), at=period.bounds(_zone())[1]),
        account_id=account_id,
    )
    return _published(bulletin)


def _published(bulletin: Bulletin) -> Bulletin:
    try:
        with transaction.atomic():
            bulletin.save()
            subject, facts = f"bulletin:{bulletin.appraisal}:{bulletin.period}", {"sha256": bulletin.sha256}
            at = bulletin.made_at
            record_decision("bulletin.published", subject, facts, bulletin.account_id, at)
    except IntegrityError:
        raise AlreadyPublished from None
    return bulletin


def _asked(key: str, name: str) -> tuple[Period, Method]:
    """The length and the hour of the day are the appraisal's own; they are known once a period is."""
    method = method_of(key, named(name))
    return Period.read(method.appraisal.period, name, method.appraisal.day_starts), method


def _content(method: Method, period: Period) -> Content:
    since, until = period.bounds(_zone())
    found, figures = appraise(method, period, "unit", Within())
    names = {str(unit.id): (unit.name, unit.name_en) for unit in world().directory.units.values()}
    rows = [shown(mark, names.get(mark.key, (mark.key, "")), figures.row(mark.key)) for mark in found]
    return Content(
        appraisal=method.appraisal,
        indicators=tuple(method.indicators),
        period=period.name,
        since=f"{since:%Y-%m-%d %H:%M}",
        until=f"{until:%Y-%m-%d %H:%M}",
        whole=_whole(method, period),
        rows=tuple(rows),
        trend=tuple(_of_trend(method, one) for one in period.trend(TREND)),
    )


def _of_trend(method: Method, period: Period) -> tuple[str, float | None, float]:
    row = _whole(method, period)
    return period.name, row.points, row.n


def _whole(method: Method, period: Period) -> Shown:
    found, figures = appraise(method, period, "all", Within())
    total = ("合计", "All")
    if not found:
        return Shown(key="", name=total, rank=None, points=None, sure=None, n=0, values={}, counts={})
    return shown(found[0], total, figures.row(""))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
