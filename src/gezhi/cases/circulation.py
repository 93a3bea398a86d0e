"""Empty circulation (空转): cases that go from unit to unit while nobody handles the matter. Pure.

Counted from the last (re)opening on; whoever handled or finished something ends the circle.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from gezhi.packs.shapes import Kind

BACK: Final = 2  # returns and transfers that make a circle: one is ordinary
JOINED: Final = 3  # merges and splits that do
GIVEN: Final = frozenset({Kind.DISPATCH, Kind.TRANSFER, Kind.REWORK})
AWAY: Final = frozenset({Kind.RETURN, Kind.TRANSFER})
DONE: Final = frozenset({Kind.HANDLE, Kind.FINISH})
ANEW: Final = frozenset({Kind.REPORT, Kind.REOPEN, Kind.OVERTURN})
Why = Literal["sent-on", "same-unit", "joined-and-split"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that could be part of a circle. `unit_id`: whom the case was given to, or who gave it away;
    `joins`: another case was merged into this one (not: another report came)."""

    at: datetime
    kind: Kind
    unit_id: int | None = None
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Circle:
    """`path`: the units that held the case, in order, each step of the way; `since`: when the first one got it."""

    whys: tuple[Why, ...]
    path: tuple[int, ...]
    sent_on: int
    since: datetime


def circle_of(turns: Sequence[Turn]) -> Circle | None:
    """None: the case goes its way."""
    left = _since_work(turns)
    given = [turn for turn in left if turn.kind in GIVEN and turn.unit_id is not None]
    sent_on = sum(1 for turn in left if turn.kind in AWAY)
    whys = tuple(_whys(left, given, sent_on))
    if not whys:
        return None
    path = tuple(turn.unit_id for turn in given if turn.unit_id is not None)
    return Circle(whys, path, sent_on, (given or left)[0].at)


def _whys(left: Sequence[Turn], given: Sequence[Turn], sent_on: int) -> Iterable[Why]:
    if sent_on >= BACK:
        yield "sent-on"
    if any(times > 1 for times in Counter(turn.unit_id for turn in given).values()):
        yield "same-unit"
    if sum(1 for turn in left if turn.joins or turn.kind is Kind.SPLIT) >= JOINED:
        yield "joined-and-split"


def _since_work(turns: Sequence[Turn]) -> Sequence[Turn]:
    """What happened after the case was opened last and after anybody did something about the matter."""
    last = max((at for at, turn in enumerate(turns) if turn.kind in ANEW | DONE), default=-1)
    return turns[last + 1 :]
