"""Opening a case, or the cases of a place, that no post of this person reaches: in an emergency."""

from datetime import datetime
from typing import Final

from django.utils import timezone

from gezhi.cases.deadlines import due_at
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.scope import reached
from gezhi.cases.world import world
from gezhi.lib.codes import TOWN, level_of
from gezhi.people.access import Actor
from gezhi.people.actions.glass import Target, open_glass
from gezhi.people.models import BreakGlass

REVIEW: Final = "3 working days"


def break_glass(
    actor: Actor, what: str, reason: str, address: str = "", at: datetime | None = None
) -> BreakGlass:
    """`what`: a case's number, or the code of a town, village or grid. Raises Refused."""
    now = at or timezone.now()
    setting = world()
    review_by = due_at(now, REVIEW, setting.office)
    case = Case.objects.filter(number=what[:24]).first()
    if case is not None:
        if Case.objects.filter(reached(actor), id=case.pk).exists():
            raise Refused(
                "reached-already",
                "您的岗位能看这个案件，不必紧急查看。",
                "Your posts let you see this case already.",
            )
        return open_glass(actor, Target(case.pk, case.place_code, review_by), reason, address, now)
    if what not in setting.places or level_of(what) < TOWN:
        raise Refused(
            "unknown-target",
            "请填写案件编号，或街道乡镇、社区村、网格的编码；不能打开整个区县。",
            "Give a case's number, or the code of a town, village or grid; never a whole county.",
        )
    return open_glass(actor, Target(None, what, review_by), reason, address, now)
