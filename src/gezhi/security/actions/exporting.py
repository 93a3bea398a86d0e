"""Keeping which file left by whose hand, before anybody gets it."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.actions import record_signal
from gezhi.people.purposes import PURPOSES
from gezhi.security.leaving import File, Taken
from gezhi.security.models import Export

SIGNAL: Final = "export"


@transaction.atomic
def record_export(taken: Taken, file: File, signal: str = SIGNAL) -> Export:
    """One row, one entry in the ledger, one signal of this kind. Raises ValueError for an unknown purpose."""
    if taken.purpose not in PURPOSES:
        raise ValueError(f"'{taken.purpose}' is not a purpose; there are {', '.join(PURPOSES)}.")
    at = timezone.now()
    cells, pairs = file.fingerprint.packed()
    made = Export.objects.create(
        number=file.number,
        at=at,
        account_id=taken.account_id,
        address=taken.address,
        route=taken.route,
        title=taken.title[:120],
        purpose=taken.purpose,
        format=file.format,
        filters=dict(taken.filters),
        columns=[column[:120] for column in file.columns],
        rows=file.fingerprint.rows,
        size=file.size,
        sha256=file.sha256,
        mark=file.mark,
        cells=cells,
        pairs=pairs,
    )
    told: dict[str, Fact] = {
        "number": file.number,
        "rows": made.rows,
        "format": file.format,
        "purpose": taken.purpose,
    }
    facts: dict[str, Fact] = {
        **told,
        "account": taken.account_id,
        "route": taken.route,
        "sha256": file.sha256,
    }
    record("security.exported", f"export:{file.number}", facts)
    record_signal(signal, taken.account_id, taken.address, told, at)
    return made
