"""Reading cases: queues, lists, one case, one report."""

from gezhi.cases.queries.beside import Beside, Neighbour, beside
from gezhi.cases.queries.filters import DUES, MARKS, BadFilter, Filters
from gezhi.cases.queries.listing import CaseLine, Page, Queue, case_list, queues, saved_views
from gezhi.cases.queries.page import CasePage, case_page
from gezhi.cases.queries.scope import (
    hidden_from,
    marked,
    open_states,
    reach_of,
    reached,
    visible,
)
from gezhi.cases.queries.sent import sent_before
from gezhi.cases.queries.tracking import TrackedReport, tracked, tracked_many

__all__ = [
    "DUES",
    "MARKS",
    "BadFilter",
    "Beside",
    "CaseLine",
    "CasePage",
    "Filters",
    "Neighbour",
    "Page",
    "Queue",
    "TrackedReport",
    "beside",
    "case_list",
    "case_page",
    "hidden_from",
    "marked",
    "open_states",
    "queues",
    "reach_of",
    "reached",
    "saved_views",
    "sent_before",
    "tracked",
    "tracked_many",
    "visible",
]
