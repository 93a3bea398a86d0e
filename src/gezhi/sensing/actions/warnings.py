"""What people do with a warning: acknowledge it, or have a case opened of it."""

from datetime import datetime

from django.db import transaction

from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.lib.refused import Refused
from gezhi.people.access import Actor
from gezhi.sensing.actions.opening import take_up
from gezhi.sensing.actions.raising import monitor_of
from gezhi.sensing.models import SensedWarning


@transaction.atomic
def acknowledge(warning_id: int, actor: Actor, now: datetime) -> SensedWarning:
    """Somebody has taken it up. It is to be acknowledged anew when it rises. Raises Refused, DoesNotExist."""
    warning = _standing(warning_id)
    if warning.acknowledged_at is not None:
        raise Refused("acknowledged", "这条预警已有人确认。", "Somebody acknowledged this warning already.")
    warning.acknowledged_by_id, warning.acknowledged_at = actor.account_id, now
    warning.save(update_fields=["acknowledged_by_id", "acknowledged_at"])
    record("sensing.warning.acknowledged", f"sensed:{warning.pk}", {"account": actor.account_id})
    return warning


def open_case(warning_id: int, actor: Actor, now: datetime) -> int:
    """Before its level would. Raises Refused where there is a case, or the monitor names no category."""
    with transaction.atomic():
        warning = _standing(warning_id)
    monitor = monitor_of(warning)
    if warning.case_id is not None:
        raise Refused("has-case", "这条预警已立案。", "There is a case of this warning already.")
    if monitor is None or monitor.category is None or not warning.level:
        raise Refused(
            "opens-none", "该监测规则不立案，请自行上报。", "This monitor opens no cases. Report it yourself."
        )
    return take_up(warning, monitor, world(), now, actor.account_id)


def _standing(warning_id: int) -> SensedWarning:
    warning = SensedWarning.objects.select_for_update().get(pk=warning_id)
    if warning.ended_at is not None:
        raise Refused("ended", "这条预警已经解除。", "This warning has ended.")
    return warning
