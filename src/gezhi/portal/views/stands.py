"""Where a reporter's matter stands, in one or two plain sentences."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gezhi.cases.openness import Standing, standing
from gezhi.cases.queries import TrackedReport


def stands_words(found: TrackedReport, unit: str, now: datetime) -> str:
    how = standing(found.state)
    if how is None:
        return _("这件事已经停办，原因写在下面的答复里。")
    if how is Standing.DONE:
        return (
            _("已经办完并核查过。办得好不好，请您说。") if "rate" in found.steps else _("已经办完并核查过。")
        )
    return f"{_doing(how, unit)}{_promise(found.case.due_at, now)}"


def _doing(how: Standing, unit: str) -> str:
    if how is Standing.WAITING or not unit:
        return _("已经收到，正在核实、找人去办。")
    return _("%(unit)s正在办。") % {"unit": unit}


def _promise(due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return ""
    if due_at < now:
        return _("比承诺的时间晚了，已经在催。")
    at = localtime(due_at)
    return _("承诺 %(month)s 月 %(day)s 日 %(time)s 前办完这一步。") % {
        "month": at.month,
        "day": at.day,
        "time": f"{at:%H:%M}",
    }
