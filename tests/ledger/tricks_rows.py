"""What somebody with the database in hand could do to its rows, past every action. Each says what it did."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import connection

from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.models import Checkpoint, Entry
from tests.ledger.tricks_files import flipped, later

RowTrick = Callable[[Random], str]


def _any(chance: Random) -> Entry:
    places = Entry.objects.filter(tree_index__isnull=False)
    return places.get(tree_index=chance.randrange(places.count()))


def a_body(chance: Random) -> str:
    entry = _any(chance)
    Entry.objects.filter(pk=entry.pk).update(body=flipped(bytes(entry.body), chance))
    return f"the body of row {entry.pk}"


def a_body_and_its_hash(chance: Random) -> str:
    """The clock of an act is turned, in body, hash and row alike."""
    entry = _any(chance)
    body = later(bytes(entry.body), chance)
    at = datetime.fromisoformat(json.loads(body)["at"])
    Entry.objects.filter(pk=entry.pk).update(body=body, leaf_hash=leaf_hash(body), at=at)
    return f"the body of row {entry.pk}, with its hash"


def the_clock(chance: Random) -> str:
    """In the row alone."""
    entry = _any(chance)
    shift = timedelta(seconds=chance.choice([-1, 1]) * chance.randint(1, 10**7))
    Entry.objects.filter(pk=entry.pk).update(at=entry.at + shift)
    return f"the time of row {entry.pk}"


def kind_or_subject(chance: Random) -> str:
    entry = _any(chance)
    changed = chance.choice([{"kind": "case.forged"}, {"subject": "case:999999999"}])
    Entry.objects.filter(pk=entry.pk).update(**changed)
    return f"{changed} of row {entry.pk}"


def the_order(chance: Random) -> str:
    one, other = _any(chance), _any(chance)
    while other.pk == one.pk:
        other = _any(chance)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET tree_index = -1 WHERE id = %s", [one.pk])
        cursor.execute("UPDATE ledger_entry SET tree_index = %s WHERE id = %s", [one.tree_index, other.pk])
        cursor.execute("UPDATE ledger_entry SET tree_index = %s WHERE id = %s", [other.tree_index, one.pk])
    return f"rows {one.pk} and {other.pk} change places"


def a_row_goes(chance: Random) -> str:
    entry = _any(chance)
    Entry.objects.filter(pk=entry.pk).delete()
    return f"row {entry.pk} goes"


def the_last_rows_go(chance: Random) -> str:
    count = chance.randint(1, 20)
    last = Entry.objects.order_by("-tree_index")[:count].values("pk")
    Entry.objects.filter(pk__in=list(last.values_list("pk", flat=True))).delete()
    return f"the last {count} rows go"


def a_place_is_taken_back(chance: Random) -> str:
    entry = _any(chance)
    Entry.objects.filter(pk=entry.pk).update(tree_index=None)
    return f"row {entry.pk} loses its place"


def a_checkpoint(chance: Random) -> str:
    head = chance.choice(list(Checkpoint.objects.all()))
    changed = chance.choice(
        [
            {"root": flipped(bytes(head.root), chance)},
            {"size": head.size + 100_000},
            {"note": head.note.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n")},
            {"note": head.note.replace("A", "B", 1) if "A" in head.note else head.note.replace("a", "b", 1)},
        ]
    )
    Checkpoint.objects.filter(pk=head.pk).update(**changed)
    return f"{list(changed)} of the checkpoint over {head.size}"


ROW_TRICKS: tuple[RowTrick, ...] = (
    a_body,
    a_body_and_its_hash,
    the_clock,
    kind_or_subject,
    the_order,
    a_row_goes,
    the_last_rows_go,
    a_place_is_taken_back,
    a_checkpoint,
)
