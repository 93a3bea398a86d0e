"""Events that come in numbers, told as signals at most once a minute each. Never fails whoever is asked something."""

import logging
import time
from collections.abc import Mapping
from typing import Final

from django.db import DatabaseError

from gezhi.ledger.entries import Fact
from gezhi.people.actions import record_signal
from gezhi.security.noting import Notes

log = logging.getLogger(__name__)
_notes: Final = Notes()


def note(
    kind: str, address: str, account_id: int | None = None, facts: Mapping[str, Fact] | None = None
) -> None:
    """One event. Each process counts for itself."""
    told = _notes.take(kind, (address, account_id), time.monotonic())
    if told is None:
        return
    more = {} if told.of_many else dict(facts or {})
    try:
        record_signal(
            kind,
            None if told.of_many else account_id,
            "" if told.of_many else address,
            {**more, "count": told.count},
        )
    except DatabaseError:
        log.warning("a signal of kind %s could not be kept", kind)
