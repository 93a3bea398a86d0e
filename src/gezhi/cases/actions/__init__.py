"""Everything that changes a case. Screens, APIs, jobs and the simulator call these and nothing else."""

from gezhi.cases.actions.acting import Stale, Step, Who, act, act_as_reporter, take
from gezhi.cases.actions.callbacks import record_callback
from gezhi.cases.actions.issuing import issue_document, make_document, preview_document
from gezhi.cases.actions.sweeping import sweep
from gezhi.cases.actions.teaching import request_training, train
from gezhi.cases.actions.undoing import undo
from gezhi.cases.actions.urging import urge_many
from gezhi.cases.actions.views import delete_view, save_view

__all__ = [
    "Stale",
    "Step",
    "Who",
    "act",
    "act_as_reporter",
    "delete_view",
    "issue_document",
    "make_document",
    "preview_document",
    "record_callback",
    "request_training",
    "save_view",
    "sweep",
    "take",
    "train",
    "undo",
    "urge_many",
]
