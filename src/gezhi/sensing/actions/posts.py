"""Orange and red warnings told point to point: to the grid workers of where they lie, and when none of them takes one
up in time, to the dispatchers above. Once for each level; the inbox and the field page show what is kept here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.packs.shapes import seconds_of
from gezhi.sensing.models import PostNotice, SensedWarning
from gezhi.sensing.posts import FROM, USUAL, Holder, above, of_the_grid, places_asked
from gezhi.sensing.queries.members import members_of
from gezhi.sensing.queries.posts import holders_at


def tell_posts(now: datetime) -> int:
    """Returns how many people were told of something."""
    return sum(_tell(warning, now) for warning in _open(now))


def _open(now: datetime) -> Iterable[SensedWarning]:
    """Not told at its level yet, changed since, or nobody has taken it up."""
    changed = Q(posts_at=None) | Q(changed_at__gt=F("posts_at"))
    waits = Q(acknowledged_at=None, above_at=None)
    return SensedWarning.objects.filter(changed | waits, ended_at=None, level__gte=FROM).order_by("id")


def _tell(warning: SensedWarning, now: datetime) -> int:
    changed = warning.posts_at is None or warning.changed_at > warning.posts_at
    if not changed and not _is_late(warning, now):
        return 0
    places = sorted({one.place_code for one in members_of(warning)})
    holders = holders_at(places_asked(places), timezone.localdate(now))
    told = _keep(warning, of_the_grid(places, holders), now) if changed else 0
    warning.posts_since, warning.posts_at = warning.posts_since or now, now
    nobody = not PostNotice.objects.filter(warning=warning, level__gte=warning.level).exists()
    if nobody or _is_late(warning, now):
        told += _keep(warning, above(places, holders), now, above=True)
        warning.above_at = now
    warning.save(update_fields=["posts_since", "posts_at", "above_at"])
    return told


def _is_late(warning: SensedWarning, now: datetime) -> bool:
    if warning.acknowledged_at or warning.above_at or warning.posts_since is None:
        return False
    return now - warning.posts_since >= time_to_answer(warning.monitor)


def time_to_answer(monitor: str) -> timedelta:
    """Before those above are told."""
    owned = world().catalogue.monitors.get(monitor)
    given = owned.thing.acknowledge if owned else None
    return timedelta(seconds=seconds_of(given)) if given else USUAL


def _keep(warning: SensedWarning, holders: Sequence[Holder], now: datetime, *, above: bool = False) -> int:
    """Those who were not told at this level or a higher one."""
    known = PostNotice.objects.filter(warning=warning, level__gte=warning.level)
    told = set(known.values_list("account_id", flat=True))
    new = [one for one in holders if one.account_id not in told]
    PostNotice.objects.bulk_create(
        PostNotice(
            warning=warning, level=warning.level, account_id=one.account_id,
            role=one.role, place_code=one.place_code, above=above, at=now,
        )
        for one in new
    )  # fmt: skip
    if new:
        facts = {"level": warning.level, "accounts": len(new), "above": above}
        record("sensing.warning.told", f"sensed:{warning.pk}", facts)
    return len(new)
