"""Appraisal of the demonstration's past: tallies, bulletins of the last whole month and week, a few appeals."""

from contextlib import suppress
from datetime import date
from random import Random
from typing import Final

from django.db.models import Min

from gezhi.cases.models import Case
from gezhi.demo import texts
from gezhi.demo.cast import Stage
from gezhi.insight.actions.appeals import AppealRefused, decide_appeal, lodge_appeal
from gezhi.insight.actions.bulletins import publish_bulletin
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.periods import named
from gezhi.insight.queries.bulletins import due_bulletins

APPEALS: Final = 12
DECIDED: Final = 8  # of them, every second one accepted


def appraise_past(stage: Stage, today: date) -> int:
    """How many cases were tallied. Bulletins are published of periods that the past reaches into."""
    tallied = tally_all()
    _appeal(stage)
    first = Case.objects.aggregate(first=Min("opened_at"))["first"]
    for key, name in list(due_bulletins(today)):
        if first is not None and first.date() <= named(name).days[1]:
            publish_bulletin(key, name)
    return tallied


def _appeal(stage: Stage) -> None:
    """Units appeal against cases that came late; supervisors decide most of the appeals."""
    rng = Random(stage.seed)
    late = Case.objects.filter(overdue_count__gt=0, unit_id__isnull=False, is_open=False).order_by("-id")
    for number, case in enumerate(late.only("id", "unit_id", "place_code")[:APPEALS]):
        handler = stage.cast.at_unit(case.unit_id, rng)
        supervisor = stage.cast.at_centre("supervisor", case.place_code, rng)
        if handler and supervisor:
            with suppress(AppealRefused):  # not counted for the unit, or the unit is the supervisor's own
                appeal = lodge_appeal(handler, case.pk, case.unit_id or 0, rng.choice(texts.APPEALS))
                if number < DECIDED:
                    accept = number % 2 == 0
                    words = texts.APPEAL_ACCEPTED if accept else texts.APPEAL_REFUSED
                    decide_appeal(supervisor, appeal.pk, accept, words)
