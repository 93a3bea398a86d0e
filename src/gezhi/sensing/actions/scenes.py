"""Pictures of scenes go when their source's time is over, whatever becomes of the case."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from gezhi.cases.models import Evidence
from gezhi.cases.photos import photo_path
from gezhi.ledger.actions import record
from gezhi.sensing.models import Scene

BATCH: Final = 500


@transaction.atomic
def note_scene(key: str, source: str, until: datetime) -> None:
    """Before a report names the photo, so that none is ever kept without an end."""
    Scene.objects.create(key=uuid.UUID(key), source=source, until=until)
    record("sensing.scene-noted", f"photo:{key}", {"source": source, "until": until.isoformat()})


def remove_scenes(now: datetime) -> int:
    """How many went. In batches, each a transaction; files go once the rows are gone for good."""
    removed = 0
    while batch := _remove(now):
        removed += len(batch)
    return removed


@transaction.atomic
def _remove(now: datetime) -> Sequence[uuid.UUID]:
    over = Scene.objects.filter(until__lte=now).select_for_update(skip_locked=True)
    keys = list(over.order_by("until").values_list("key", flat=True)[:BATCH])
    if not keys:
        return keys
    Evidence.objects.filter(key__in=keys).delete()
    Scene.objects.filter(key__in=keys).delete()
    record("sensing.scenes-removed", "scenes", {"count": len(keys)})
    transaction.on_commit(lambda: _unlink(keys))
    return keys


def _unlink(keys: Sequence[uuid.UUID]) -> None:
    for key in keys:
        photo_path(str(key)).unlink(missing_ok=True)
        photo_path(str(key)).with_suffix(".json").unlink(missing_ok=True)
