"""A town in the rain, until now: underpasses in water, manholes that are full, one that has fallen silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from gezhi.sensing.actions.raising import raise_warnings
from gezhi.sensing.actions.taking import take
from gezhi.sensing.actions.waking import Waker
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import Datastream, SensedWarning, Thing
from gezhi.sensing.queries.newest import forget
from tests.cast import BAISHA
from tests.sensing.things import a_series, a_thing, with_packs

MINUTES = 8


@dataclass(frozen=True)
class Flood:
    """`silent`: a manhole that last spoke hours ago; `elsewhere`: a manhole of another county."""

    underpass: Thing
    depth: int
    manhole: Thing
    freeboard: int
    silent: Thing
    elsewhere: Thing

    @property
    def warning(self) -> SensedWarning:
        return SensedWarning.objects.get(monitor="dr-underpass-depth", ended_at=None)


def send(series: Sequence[int], at: datetime, value: float) -> None:
    columns = Columns.of(series, [int(at.timestamp() * 1000)] * len(series), [value] * len(series))
    take(columns, "test", at)


def flooded(unit_id: int | None = None) -> Flood:
    """`unit_id`: that answers for the underpass."""
    with_packs("rivers", "drainage")
    underpass, manhole, silent = a_thing("underpass-gauge"), a_thing("manhole-level"), a_thing("manhole")
    elsewhere = a_thing("manhole-level", f"{BAISHA}001")
    depth = a_series(underpass, "depth", "cm", high=500, every_s=60)
    freeboard = a_series(manhole, "freeboard", "m", low=-0.5, high=15, every_s=300)
    quiet = a_series(silent, "level", "m", silent_after_s=3600)
    other = a_series(elsewhere, "freeboard", "m")
    if unit_id is not None:
        Thing.objects.filter(pk=underpass.pk).update(unit_id=unit_id)
        Datastream.objects.filter(pk=depth).update(unit_id=unit_id)
    now, waker = timezone.now(), Waker()
    send([quiet], now - timedelta(hours=5), 2.0)
    for minute in range(MINUTES, -1, -1):
        at = now - timedelta(minutes=minute)
        send([depth], at, 30.0)
        send([freeboard, other], at, 2.0 + minute / 100)
        waker.wake(at)
        raise_warnings(at)
    forget()
    return Flood(*(Thing.objects.get(pk=underpass.pk), depth, manhole, freeboard, silent, elsewhere))
