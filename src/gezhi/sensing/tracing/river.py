"""A river network as reaches that water runs through: how long from here to there, and how thin it gets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

REACHES_AT_MOST = 20_000
VELOCITY_POWER = (
    0.34  # velocity grows with discharge to this power (Leopold, Maddock: USGS Prof. Paper 252, 1953)
)


@dataclass(frozen=True)
class Reach:
    """Water runs from `above` to `below`: metres, m/s and m3/s at the usual flow."""

    above: str
    below: str
    metres: float
    speed: float
    discharge: float

    def __post_init__(self) -> None:
        for name in ("metres", "speed", "discharge"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(
                    f"Reach {self.above} -> {self.below}: {name} must be above 0, got {getattr(self, name)}."
                )
        if self.above == self.below:
            raise ValueError(f"Reach {self.above} -> {self.below} runs into itself.")


@dataclass(frozen=True)
class Spot:
    """A place on a reach: its number and the metres from its upper end."""

    reach: int
    along: float


@dataclass(frozen=True)
class Way:
    """From a spot down to another: seconds at today's flow; m3/s at the lower end."""

    seconds: float
    discharge: float


class River:
    """`flow`: today's discharge as a share of the usual. Raises ValueError for a network that runs in a circle, naming
    the circle."""

    def __init__(self, reaches: Sequence[Reach], flow: float = 1.0) -> None:
        if not 1 <= len(reaches) <= REACHES_AT_MOST:
            raise ValueError(f"A network has 1 to {REACHES_AT_MOST} reaches; got {len(reaches)}.")
        if not 0 < flow < 1000:
            raise ValueError(f"Today's flow is a share of the usual, above 0; got {flow}.")
        self.reaches, self.flow = tuple(reaches), flow
        self._into: dict[str, list[int]] = {}
        for number, reach in enumerate(reaches):
            self._into.setdefault(reach.below, []).append(number)
        self._refuse_circles()

    def seconds(self, number: int, metres: float) -> float:
        """How long the water takes for that many metres of a reach."""
        return metres / (self.reaches[number].speed * float(self.flow**VELOCITY_POWER))

    def discharge(self, number: int) -> float:
        return self.reaches[number].discharge * self.flow

    def checked(self, spot: Spot) -> Spot:
        if not 0 <= spot.reach < len(self.reaches):
            raise ValueError(f"There is no reach {spot.reach}; there are {len(self.reaches)}.")
        if not 0 <= spot.along <= self.reaches[spot.reach].metres:
            raise ValueError(
                f"Reach {spot.reach} has {self.reaches[spot.reach].metres} m; {spot.along} m is not on it."
            )
        return spot

    def ways_to(self, end: Spot) -> dict[int, float]:
        """For each reach upstream the seconds from its lower end to the spot by the fastest way."""
        own = self.reaches[self.checked(end).reach]
        waiting = [(self.seconds(end.reach, end.along), own.above)]
        at_node: dict[str, float] = {}
        found: dict[int, float] = {}
        while waiting:
            seconds, node = heappop(waiting)
            if node in at_node:
                continue
            at_node[node] = seconds
            for number in self._into.get(node, ()):
                found[number] = seconds
                heappush(
                    waiting,
                    (seconds + self.seconds(number, self.reaches[number].metres), self.reaches[number].above),
                )
        return found

    def way(self, start: Spot, end: Spot, ways: dict[int, float]) -> Way | None:
        """`ways` are those to `end`. None: the water does not come by there."""
        if start.reach == end.reach and start.along <= end.along:
            return Way(self.seconds(end.reach, end.along - start.along), self.discharge(end.reach))
        if start.reach not in ways:
            return None
        left = self.reaches[start.reach].metres - start.along
        return Way(ways[start.reach] + self.seconds(start.reach, left), self.discharge(end.reach))

    def _refuse_circles(self) -> None:
        state: dict[str, int] = {}
        for node in self._into:
            trail: list[tuple[str, Iterator[str]]] = [(node, self._above(node))]
            if state.get(node) == 2:
                continue
            state[node] = 1
            while trail:
                at, following = trail[-1]
                above = next(following, None)
                if above is None:
                    state[at] = 2
                    trail.pop()
                elif state.get(above) == 1:
                    circle = [name for name, _rest in trail] + [above]
                    raise ValueError(
                        f"The network runs in a circle: {' <- '.join(circle[circle.index(above) :])}."
                    )
                elif above not in state:
                    state[above] = 1
                    trail.append((above, self._above(above)))

    def _above(self, node: str) -> Iterator[str]:
        return iter([self.reaches[number].above for number in self._into.get(node, ())])


def stretches(river: River, metres: float) -> list[Spot]:
    """Spots at most that many metres apart along all reaches: candidates where no outlet is known."""
    if metres <= 0:
        raise ValueError(f"Stretches need a length above 0; got {metres}.")
    return [spot for number in range(len(river.reaches)) for spot in _along(river, number, metres)]


def _along(river: River, number: int, metres: float) -> Iterable[Spot]:
    length = river.reaches[number].metres
    parts = max(1, -(-int(length) // int(max(1, metres))))
    return [Spot(number, length * (part + 0.5) / parts) for part in range(parts)]
