"""Public notices that stand."""

from datetime import datetime

from django.db.models import Q, QuerySet

from gezhi.lib.codes import ancestors, place_range
from gezhi.sensing.models import PublicNotice


def standing_notices(now: datetime, place_code: str = "") -> QuerySet[PublicNotice]:
    """The highest and newest first. `place_code`: those told there: to it, to what holds it and to what it holds."""
    stands = PublicNotice.objects.filter(
        ended_at=None, actual=True, sent_at__lte=now, expires_at__gt=now, message__in=("alert", "update")
    )
    if place_code:
        stands = stands.filter(_told_at(stands, place_code))
    return stands.order_by("-level", "-sent_at")


def notices_told() -> QuerySet[PublicNotice]:
    """What was told here, by this node and by others, newest first."""
    return PublicNotice.objects.filter(actual=True).order_by("-sent_at", "-id")


def _told_at(stands: QuerySet[PublicNotice], place_code: str) -> Q:
    low, high = place_range(place_code)
    inside = [
        pk
        for pk, places in stands.values_list("pk", "places")
        if any(low <= place < high for place in places)
    ]
    return Q(places__overlap=[place_code, *ancestors(place_code)]) | Q(pk__in=inside)
