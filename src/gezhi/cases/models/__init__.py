"""The tables of the closed loop."""

from gezhi.cases.models.after import Callback, CaseReadings, Charge, IssuedDocument
from gezhi.cases.models.case import Assignment, Case, CaseEvent, Supervision
from gezhi.cases.models.objecting import Objection
from gezhi.cases.models.report import Evidence, ImportRow, ImportRun, Report, Reporter
from gezhi.cases.models.settings import CalendarDay, SavedView
from gezhi.cases.models.talk import Mention, Note, Phrase, Seen
from gezhi.cases.models.teaching import Lesson, TrainedModel

__all__ = [
    "Assignment",
    "CalendarDay",
    "Callback",
    "Case",
    "CaseEvent",
    "CaseReadings",
    "Charge",
    "Evidence",
    "ImportRow",
    "ImportRun",
    "IssuedDocument",
    "Lesson",
    "Mention",
    "Note",
    "Objection",
    "Phrase",
    "Report",
    "Reporter",
    "SavedView",
    "Seen",
    "Supervision",
    "TrainedModel",
]
