"""Events that stand: without steps that were undone, and their undoing."""

from django.db.models import Exists, OuterRef, QuerySet

from gezhi.cases.models import CaseEvent
from gezhi.packs.shapes import Kind


def standing_events() -> QuerySet[CaseEvent]:
    undo = Kind.UNDO.value
    undoing = CaseEvent.objects.filter(case_id=OuterRef("case_id"), seq=OuterRef("seq") + 1, kind=undo)
    return CaseEvent.objects.filter(~Exists(undoing)).exclude(kind=undo)
