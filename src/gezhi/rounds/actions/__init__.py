"""What is done about rounds. Each leaves one entry in the ledger."""

from gezhi.rounds.actions.finishing import Findings, Finished, begin, finish, skip
from gezhi.rounds.actions.generating import Generated, generate, mark_missed
from gezhi.rounds.actions.settling import may_plan, set_plan
from gezhi.rounds.actions.subjects import import_subjects, move_subject, save_subject

__all__ = [
    "Findings",
    "Finished",
    "Generated",
    "begin",
    "finish",
    "generate",
    "import_subjects",
    "mark_missed",
    "may_plan",
    "move_subject",
    "save_subject",
    "set_plan",
    "skip",
]
