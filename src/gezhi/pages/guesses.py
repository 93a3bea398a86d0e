"""What the classifier thinks, in the page's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.cases.guessing import Guess
from gezhi.cases.world import World
from gezhi.pages.showing import said


@dataclass(frozen=True, slots=True)
class GuessView:
    key: str
    name: str
    percent: int
    clues: tuple[str, ...]


def guess_views(guesses: Sequence[Guess], world: World) -> list[GuessView]:
    return [
        GuessView(
            one.category,
            said(world.catalogue.category(one.category).name),
            round(one.confidence * 100),
            one.clues,
        )
        for one in guesses
    ]
