"""Callbacks: whom to ask whether it is true, and what an answer means. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Literal

from gezhi.cases.procedure import Refused
from gezhi.people.duties_apart import acting_apart

SAMPLE: Final = "callback-sample"  # the parameter: percent of closings that are asked about
DEFAULT_SAMPLE: Final = 10.0
MOST_TRIES: Final = 3
BAD: Final = 2  # a rating so low, or lower, is always called about
Outcome = Literal["resolved", "not-resolved", "unreachable"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("resolved", "not-resolved", "unreachable")
OVERTAKEN: Final = "reopened"  # the case was opened again before anybody called


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `responded`: the unit had contacted the reporter; None: not asked or not known."""

    outcome: str
    responded: bool | None = None
    rating: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A callback before the call. `handlers`: accounts that handled the case."""

    tries: int
    done: bool
    handlers: Collection[int]


@dataclass(frozen=True, slots=True)
class Called:
    """A callback after the call."""

    tries: int
    done: bool


def is_sampled(case_id: int, opening: int, percent: float) -> bool:
    """Whether this closing is asked about: by chance, but the same whoever works it out. `opening`: how often the
    case was opened again before."""
    drawn = blake2b(f"{case_id}:{opening}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < percent / 100 * 2**64


def called(standing: Standing, answer: Answer, acting: Collection[int]) -> Called:
    """What the call makes of the callback. `acting`: whoever calls, and for whom. Raises Refused."""
    for refusal in (_why_not(standing, acting), _what_lacks(answer)):
        if refusal is not None:
            raise refusal
    tries = standing.tries + 1
    return Called(tries, answer.outcome != "unreachable" or tries >= MOST_TRIES)


def _why_not(standing: Standing, acting: Collection[int]) -> Refused | None:
    if standing.done:
        return Refused(
            "called-already",
            "这条回访已办结。",
            "This callback is done already. Choose another one of the list.",
        )
    if not acting_apart(acting, standing.handlers):
        return Refused(
            "own-work",
            "您参与过本案处置，不能由您回访，请由另一人回访。",
            "You took part in handling this case, so another person must call.",
        )
    return None


def _what_lacks(answer: Answer) -> Refused | None:
    if answer.outcome not in OUTCOMES:
        return Refused(
            "bad-outcome",
            "请选择回访结果：已解决、未解决或联系不上。",
            f"'{answer.outcome}' is no outcome. Give one of {', '.join(OUTCOMES)}.",
        )
    if answer.outcome == "not-resolved" and not answer.text.strip():
        return Refused(
            "lacking",
            "未解决的，请写明反映人说的情况，办理单位据此重办。",
            "Write what the reporter said is not resolved: the case goes back to work with it.",
        )
    if answer.rating is not None and not 1 <= answer.rating <= 5:
        return Refused("bad-rating", "评价应为 1 到 5。", "A rating is 1 to 5.")
    return None
