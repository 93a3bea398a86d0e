"""Reading the ledger."""

from dataclasses import dataclass

from django.db import connection

from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.models import Entry

STAMP = "(SELECT coalesce(max(id), 0) FROM ledger_entry WHERE configures)"


def configuration_stamp() -> int:
    """Grows whenever units, posts, places, packs or trained models change; caches carry it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAMP}")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Verdict:
    entries: int
    broken: tuple[int, ...]


def verify(limit: int = 100) -> Verdict:
    """Recompute every leaf hash. Returns how many entries were read and the first `limit` that do not match."""
    count = 0
    broken: list[int] = []
    for entry in Entry.objects.order_by("id").only("body", "leaf_hash").iterator(chunk_size=5000):
        count += 1
        if leaf_hash(bytes(entry.body)) != bytes(entry.leaf_hash) and len(broken) < limit:
            broken.append(entry.pk)
    return Verdict(count, tuple(broken))
