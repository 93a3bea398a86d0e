"""Procedures that nobody taught the play: any step that leads on, rather a short way than a long one. Pure."""

from random import Random
from typing import Final

from gezhi.demo.scenes import NEVER_GIVEN, Move, Scene, ways_to_the_end
from gezhi.packs.shapes import Kind, Need, Transition

LEADING: Final = (
    Kind.ACCEPT,
    Kind.DISPATCH,
    Kind.RECEIVE,
    Kind.HANDLE,
    Kind.FINISH,
    Kind.VERIFY,
    Kind.RESUME,
)
STRAIGHT: Final = 0.7  # of the steps that take the shortest way
FAILS: Final = 0.1  # of the looks at a case that also think of what needs a reason
FAR: Final = 99
ROLES: Final = ("handler", "grid-worker", "dispatcher", "verifier", "supervisor", "operator", "leader")


def walk(scene: Scene, rng: Random) -> Move | None:
    """None where no step leads on: left to people, or over."""
    known = [step for step in scene.steps(*LEADING) if _can_be_given(step)]
    wanted = [step for step in known if Need.REASON not in step.needs]
    open_now = known if not wanted or rng.random() < FAILS else wanted
    if not open_now:
        return None
    ways = ways_to_the_end(scene.procedure)
    lengths = [ways.get(step.to or scene.row.state, FAR) for step in open_now]
    onward = [step for step, length in zip(open_now, lengths, strict=True) if length == min(lengths)]
    step = rng.choice(onward if rng.random() < STRAIGHT else open_now)
    return Move(step.key, role_for(step, scene))


def role_for(step: Transition, scene: Scene) -> str:
    """The first post of those that may take it; a handler only where a unit has the case."""
    usual = (role for role in ROLES if role in step.by and (role != "handler" or scene.row.unit_id))
    return next(usual, step.by[0])


def _can_be_given(step: Transition) -> bool:
    return not NEVER_GIVEN.intersection(step.needs) and set(step.by) != {"reporter"}
