"""Reading rounds, subjects and what is known of them."""

from gezhi.rounds.queries.coverage import Covered, coverage
from gezhi.rounds.queries.known import held_of, histories, known_of, readable
from gezhi.rounds.queries.plans import book, plan_settings, settings_of
from gezhi.rounds.queries.rounds import (
    due_here,
    my_week,
    rounds_in_sight,
    rounds_matching,
    rounds_named,
    rounds_together,
    seen_places,
    start_of,
    walked_places,
)
from gezhi.rounds.queries.subjects import grid_subject_of, subjects_in_sight, subjects_matching

__all__ = [
    "Covered",
    "book",
    "coverage",
    "due_here",
    "grid_subject_of",
    "held_of",
    "histories",
    "known_of",
    "my_week",
    "plan_settings",
    "readable",
    "rounds_in_sight",
    "rounds_matching",
    "rounds_named",
    "rounds_together",
    "seen_places",
    "settings_of",
    "start_of",
    "subjects_in_sight",
    "subjects_matching",
    "walked_places",
]
