"""How well an entry is vouched for: its place in the tree, and who outside has seen a tree that holds it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.ledger.freshness import WITNESS
from gezhi.ledger.models import Checkpoint, Entry, Outsider, Timestamp


@dataclass(frozen=True, slots=True)
class Vouched:
    """Of one entry. `checkpoint`, `timestamp`: the first that stand over it; `witnesses`: those that cosigned a head
    over it."""

    entry: Entry
    facts: dict[str, object]
    checkpoint: Checkpoint | None
    timestamp: Timestamp | None
    witnesses: Sequence[Outsider]


def vouched_of_event(case_id: int, seq: int) -> list[Vouched]:
    """The entries of what made a case's version `seq`: of a report or step, and of documents issued at it."""
    entries = Entry.objects.filter(subject=f"case:{case_id}").order_by("id")
    found = [(one, json.loads(bytes(one.body))["facts"]) for one in entries]
    return [vouched(one, facts) for one, facts in found if facts.get("seq") == seq]


def vouched(entry: Entry, facts: dict[str, object]) -> Vouched:
    """Three statements."""
    index = entry.tree_index
    if index is None:
        return Vouched(entry, facts, None, None, ())
    over = {"size__gt": index}
    return Vouched(
        entry,
        facts,
        Checkpoint.objects.filter(**over).order_by("size").first(),
        Timestamp.objects.filter(**over).order_by("size").first(),
        list(Outsider.objects.filter(kind=WITNESS, **over).order_by("name")),
    )
