"""Looking at files of readings that were brought in."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.db.models import QuerySet

from gezhi.people.access import Actor
from gezhi.sensing.models import BackfillFault, BackfillRun
from gezhi.sensing.queries.scope import sees_everything

FAULT_COLUMNS: Final = ("row", "field", "cell", "series", "problem")


def backfills_of(actor: Actor) -> QuerySet[BackfillRun]:
    """A person's own; all for posts of the whole node. Newest first."""
    runs = BackfillRun.objects.order_by("-id")
    return runs if sees_everything(actor) else runs.filter(account_id=actor.account_id)


def faults_of(run: BackfillRun, words: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    """As FAULT_COLUMNS, in the file's order. `words`: of why, by code."""
    faults = BackfillFault.objects.filter(run=run).order_by("id")
    for row, field, cell, series, code in faults.values_list(
        "row", "field", "cell", "series", "code"
    ).iterator():
        yield row, field, cell, series, str(words.get(code, code))
