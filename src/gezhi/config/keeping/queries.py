"""Reading the drills."""

from datetime import datetime

from gezhi.config.keeping.models import Drill
from gezhi.config.keeping.standing import DRILL_STALE_AFTER


def drills(most: int = 20) -> list[Drill]:
    """Newest first."""
    return list(Drill.objects.order_by("-at", "-id")[:most])


def drill_is_stale(now: datetime) -> bool:
    """No drill succeeded lately."""
    return not Drill.objects.filter(ok=True, at__gt=now - DRILL_STALE_AFTER).exists()
