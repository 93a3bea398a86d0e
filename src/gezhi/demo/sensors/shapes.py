"""What readings look like: at rest, and during what happens. Shapes are those of the packs' own recordings. Pure."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gezhi.packs.shapes import DatastreamKind, Monitor, Recording, ThingKind

Points = Sequence[tuple[float, float]]  # (minutes, value), rising
_STACK: Final = tuple(("stack-monitor", name) for name in ("so2", "nox", "soot", "oxygen", "flow"))
_AIR: Final = tuple(("air-station", name) for name in ("pm25", "pm25day", "pm10", "so2", "no2", "co", "o3"))
REST: Final[Mapping[tuple[str, str], float]] = {
    ("", "battery"): 88.0,
    ("lamp-controller", "voltage"): 228.0,
    ("lighting-cabinet", "supplied"): 1.0,
    ("drainage-pump", "power"): 1.0,
    ("drainage-pump", "flow"): 0.0,
    **{("rain-gauge", name): 0.0 for name in ("rain1h", "rain3h", "rain6h", "rain12h")},
    ("cover-sensor", "tilt"): 1.0,
    **dict(zip(_STACK, (14.0, 28.0, 4.0, 8.0, 9.0), strict=True)),
    **dict(zip(_AIR, (28.0, 28.0, 46.0, 9.0, 32.0, 0.7, 71.0), strict=True)),
    ("", "temperature"): 18.0,
    ("", "humidity"): 65.0,
    ("", "aqi"): 62.0,
    ("", "wind"): 2.4,
    ("", "winddirection"): 120.0,
}  # where no recording says it; of a kind, or of any
_SHARE: Final = 0.02  # of what can be, for what nothing is known of
_NOISE: Final = 0.01  # of a value at rest


@dataclass(frozen=True, slots=True)
class Shape:
    """`rest`: the value when nothing happens; `events`: curves from its beginning, one
    for each event of its kind; empty: the event does not touch it."""

    rest: float
    truth: bool
    span: float
    events: tuple[Points, ...] = ()

    def value(self, minute: float | None, event: int, chance: float) -> float:
        """`minute`: since the event began; None: nothing happens. `chance`: 0 to 1."""
        curve = self.events[event % len(self.events)] if self.events else ()
        if minute is not None and curve and 0 <= minute <= curve[-1][0]:
            return _at(curve, minute, held=self.truth)
        if self.truth:
            return self.rest
        return round(self.rest + (chance - 0.5) * 2 * _NOISE * max(abs(self.rest), 0.02 * self.span), 3)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing with a shape for each of its datastreams. `lasts`: minutes of its longest event."""

    key: str
    shapes: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def lasts(self) -> float:
        return max((one[-1][0] for shape in self.shapes.values() for one in shape.events if one), default=0.0)


def kind_of(thing: ThingKind, recordings: Iterable[Recording], monitors: Mapping[str, Monitor]) -> Kind:
    """An event of a kind is a recording of one of its monitors in which a level is reached and left again."""
    told = [one for one in recordings if one.then and one.then[-1][1] == "none" and one.readings]
    mine = [one for one in told if one.monitor in monitors and monitors[one.monitor].of.kind == thing.key]
    return Kind(
        thing.key, {one.property: _shape(thing.key, one, mine, monitors) for one in thing.datastreams}
    )


def _shape(
    kind: str, stream: DatastreamKind, recordings: Sequence[Recording], monitors: Mapping[str, Monitor]
) -> Shape:
    events = tuple(_curve(one, stream.property, monitors) for one in recordings)
    known = REST.get((kind, stream.property), REST.get(("", stream.property)))
    low = stream.low if stream.low > -1e6 else 0.0
    rest = (
        known if known is not None else 0.0 if stream.gives == "truth" else low + _SHARE * (stream.high - low)
    )
    if known is None and (own := [one for one in events if one]):
        rest = own[0][0][1]
    return Shape(rest, stream.gives == "truth", stream.high - low, events)


def _curve(recording: Recording, name: str, monitors: Mapping[str, Monitor]) -> Points:
    own = monitors[recording.monitor].of.property == name
    return recording.readings if own else recording.others.get(name, ())


def _at(points: Points, minute: float, *, held: bool) -> float:
    """Between two points on the line between them; a truth holds until the next."""
    place = bisect_right(points, minute, key=lambda one: one[0])
    if place == 0:
        return points[0][1]
    if place == len(points) or held:
        return points[min(place, len(points)) - 1][1]
    (begun, low), (ends, high) = points[place - 1], points[place]
    value = low + (high - low) * (minute - begun) / (ends - begun)
    return round(value, 3) if math.isfinite(value) else low
