"""The tables of the closed loop."""

from gezhi.cases.models.case import Assignment, Case, CaseEvent
from gezhi.cases.models.report import Evidence, ImportRow, ImportRun, Report
from gezhi.cases.models.settings import CalendarDay, SavedView
from gezhi.cases.models.teaching import Lesson, TrainedModel

__all__ = [
    "Assignment",
    "CalendarDay",
    "Case",
    "CaseEvent",
    "Evidence",
    "ImportRow",
    "ImportRun",
    "Lesson",
    "Report",
    "SavedView",
    "TrainedModel",
]
