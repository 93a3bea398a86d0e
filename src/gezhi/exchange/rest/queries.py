"""Reads that only this interface needs."""

from collections.abc import Collection

from gezhi.cases.intake.shapes import Fault
from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.photos import is_stored
from gezhi.cases.queries import visible
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import Actor


def used_photos(keys: Collection[str], source: str, source_ids: Collection[str]) -> frozenset[str]:
    """Keys that prove something already, unless it is one of these very reports, sent again."""
    if not keys:
        return frozenset()
    rows = Evidence.objects.filter(key__in=[key for key in keys if is_stored(key)]).values_list(
        "key", "report_id"
    )
    taken = {str(key): report for key, report in rows}
    if not taken:
        return frozenset()
    again = Report.objects.filter(
        source=source, source_id__in=source_ids, pk__in=[pk for pk in taken.values() if pk]
    )
    own = set(again.values_list("pk", flat=True))
    return frozenset(key for key, report in taken.items() if report not in own)


def case_id_of(number: str, actor: Actor) -> int | None:
    """None also for a case that the actor may not see."""
    found = Case.objects.filter(visible(actor), number=number[:24])
    return found.values_list("pk", flat=True).first()


def refuse_used(keys: Collection[str]) -> None:
    """Raises Problem for photos that prove something already."""
    used = used_photos(keys, "", ())
    if used or len(set(keys)) < len(keys):
        faults = [Fault("evidence", key, "proves something already") for key in sorted(used or set(keys))]
        detail = "A photo proves one thing once. Send it again for a key of its own."
        raise Problem(422, "photo-used", detail, faults)
