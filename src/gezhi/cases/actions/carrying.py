"""What a person asked for about their own data is carried out above the cases: by a job, once the step is committed."""

from collections.abc import Sequence

from procrastinate.contrib.django import app

from gezhi.cases.actions.taken import Taken
from gezhi.packs.shapes import Effect


def hand_up(batch: Sequence[Taken]) -> None:
    """In the step's transaction."""
    for taken in batch:
        if Effect.CARRY_OUT_RIGHT in taken.transition.effects:
            app.configure_task("rights.carry_out", allow_unknown=False).defer(case_id=taken.after.id)
