"""Does erasing leave anything? `python -m tests.rights.erasing --people 1000 --entries 1000000`

A crowd of residents, each with a sign of their own in every field and every file, asks to be erased and is. Then a full
dump of the database and the folder of its files are searched for each sign, and every entry that the ledger had before
is proved again under the checkpoint that was signed before.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass
class Told:
    """What was found. `before`, `after`: table or folder -> signs."""

    people: int
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    erasures: int = 0
    kept: int = 0
    rows: int = 0
    seconds: float = 0.0
    entries: int = 0
    root_holds: bool = False
    proofs: int = 0
    proofs_false: int = 0
    ledger_findings: int = 0
    consistent: bool = False


def fill_ledger(entries: int) -> None:
    """As many entries as are missing, in bulk."""
    from django.db import transaction

    from gezhi.ledger.actions import record_many
    from gezhi.ledger.entries import Draft
    from gezhi.ledger.models import Entry

    missing = entries - Entry.objects.count()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for begin in range(0, missing, 50_000):
        with transaction.atomic():
            record_many(
                Draft("filling", f"filling:{n}", at + timedelta(seconds=n), {"n": n})
                for n in range(begin, min(begin + 50_000, missing))
            )


def publish() -> None:
    from django.utils import timezone

    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint

    while publish_checkpoint(timezone.now(), log_signers(timezone.now())) is not None:
        pass


def search(dump: Path, data: Path) -> Counter[str]:
    """A full dump by PostgreSQL's own program, and the folder beside the database."""
    from django.db import connection

    from gezhi.config.keeping.programs import programs_of
    from gezhi.config.roles import SUPERUSER
    from tests.rights.searching import signs_in_dump, signs_in_files

    settings = {**connection.get_connection_params(), "user": SUPERUSER}  # whom no policy hides a row from
    words = [
        f"{name}={settings[name]}"
        for name in ("host", "port", "user", "dbname", "password")
        if settings.get(name)
    ]
    programs = programs_of(connection.pg_version // 10_000)
    subprocess.run([programs / "pg_dump", "--dbname", " ".join(words), "--file", dump], check=True)
    found = signs_in_dump(dump)
    dump.unlink()
    return found + signs_in_files(data)


def erase_all(souls: Iterable[object], told: Told) -> None:
    """Through the same door as everybody: a request, two steps of a steward, the jobs."""
    from gezhi.cases.actions import Step, Who, take
    from gezhi.cases.procedure import Given
    from gezhi.rights.actions import carry_out, forget_request
    from gezhi.rights.models import Erasure
    from tests import cast
    from tests.rights.crowd import ask_all, in_batches
    from tests.rights.told import jobs

    requests = ask_all(list(souls))  # type: ignore[arg-type]
    steward = Who(actor=cast.here().actor("steward"))
    for batch in in_batches(requests):
        for key in ("accept", "grant"):
            for outcome in take([Step(one.case_id, key, steward, Given()) for one in batch]):
                if isinstance(outcome, Exception):
                    raise outcome
    began = time.perf_counter()
    for one in requests:
        carry_out(one.case_id)
        forget_request(one.pk)
    jobs("rights.finish_erasing", "rights.forget_samples")
    told.seconds = time.perf_counter() - began
    told.erasures = Erasure.objects.count()
    told.kept = sum(len(one.kept) for one in Erasure.objects.all())
    told.rows = sum(sum(one.counts.values()) for one in Erasure.objects.all())


def run(desk: object, people: int, entries: int, data: Path, sample: int) -> Told:
    """`sample`: of how many old entries the proof of then is kept and checked one by one; the root stands for all."""
    from tests.rights.crowd import gather

    told = Told(people)
    souls = gather(desk, people)  # type: ignore[arg-type]
    fill_ledger(entries)
    publish()
    old = _old_proofs(sample, told)
    with tempfile.TemporaryDirectory() as folder:
        told.before = search(Path(folder) / "before.sql", data)
        erase_all(souls, told)
        publish()
        told.after = search(Path(folder) / "after.sql", data)
    _prove_again(old, told)
    return told


def _old_proofs(sample: int, told: Told) -> list[tuple[int, bytes, list[bytes], int, bytes]]:
    """(place, leaf, path, size, root) under the checkpoint of now, as somebody outside would have kept them."""
    from gezhi.ledger.models import Entry
    from gezhi.ledger.queries import newest_checkpoint
    from gezhi.ledger.queries.log import log_folder

    head, log = newest_checkpoint(), log_folder()
    assert head is not None
    told.entries = head.size
    places = range(0, head.size, max(head.size // sample, 1))
    leaves = dict(Entry.objects.filter(tree_index__in=list(places)).values_list("tree_index", "leaf_hash"))
    root, paths = bytes(head.root), log.inclusions(places, head.size)
    return [(n, bytes(leaves[n]), path, head.size, root) for n, path in zip(places, paths, strict=True)]


def _prove_again(old: list[tuple[int, bytes, list[bytes], int, bytes]], told: Told) -> None:
    """Each kept proof with the leaf made anew from its row; the old root from all rows; the old head in the new log."""
    from gezhi.ledger import tree
    from gezhi.ledger.entries import leaf_hash
    from gezhi.ledger.models import Entry
    from gezhi.ledger.queries import newest_checkpoint, verify
    from gezhi.ledger.queries.proving import consistency
    from gezhi.ledger.tiles import Edge

    size, root = old[0][3], old[0][4]
    bodies = dict(
        Entry.objects.filter(tree_index__in=[one[0] for one in old]).values_list("tree_index", "body")
    )
    for place, leaf, path, _, _ in old:
        told.proofs += 1
        again = leaf_hash(bytes(bodies[place]))
        if again != leaf or not tree.is_included(again, place, size, root, path):
            told.proofs_false += 1
    edge = Edge(0)
    rows = Entry.objects.filter(tree_index__lt=size).order_by("tree_index").values_list("body", flat=True)
    waiting = bytearray()
    for body in rows.iterator(chunk_size=10_000):
        waiting += leaf_hash(bytes(body))
        if len(waiting) >= 32 * 256 * 40:
            list(edge.add(bytes(waiting)))
            waiting.clear()
    list(edge.add(bytes(waiting)))
    told.root_holds = edge.root() == root
    head = newest_checkpoint()
    assert head is not None
    told.consistent = tree.is_consistent(
        size, root, head.size, bytes(head.root), consistency(size, head.size)
    )
    told.ledger_findings = len(verify().findings)


def main(words: list[str]) -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--people", type=int, default=1000)
    asked.add_argument("--entries", type=int, default=1_000_000)
    asked.add_argument("--proofs", type=int, default=10_000)
    given = asked.parse_args(words)
    from benchmarks import _node

    data = _node.start()
    from tests import cast
    from tests.rights.conftest import furnish

    furnish()
    began = time.perf_counter()
    told = run(cast.here(), given.people, given.entries, data, given.proofs)
    line = {
        "people": told.people,
        "signs before": sum(told.before.values()),
        "where": dict(told.before.most_common()),
        "signs after": sum(told.after.values()),
        "left in": dict(told.after),
        "rows erased": told.rows,
        "kept by law": told.kept,
        "seconds for each person": round(told.seconds / told.people, 3),
        "old entries": told.entries,
        "the old root follows from all rows": told.root_holds,
        "kept proofs checked": told.proofs,
        "kept proofs that fail": told.proofs_false,
        "old head is a prefix of the new": told.consistent,
        "findings of gezhi ledger verify": told.ledger_findings,
        "seconds in all": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(line, ensure_ascii=False))
    whole = told.root_holds and told.consistent and not told.proofs_false and not told.ledger_findings
    return 0 if whole and not told.after and told.before else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
