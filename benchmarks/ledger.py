"""What the ledger costs: actions with it and without, a proof, and checking a whole log.

Three lines. (1) Steps of cases per second with the ledger on, which includes giving places, writing tiles and signing
a checkpoint for each block of steps, and the same with the recording cut out, block by block in turn in one run; the
same for reports through the door. (2) The proof of one entry out of ten million, as the API makes it: 95 of 100 are
faster than this; the files lie in the page cache. (3) `gezhi ledger verify --files` over ten million entries, against
hashing the same bundles as they lie there with one process.
"""

import argparse
import hashlib
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType

import _intake
import _node
import _open_cases

CASES = 60_000
BLOCKS, STEPS, REPORTS = 10, 400, 400
PROOFS = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000_000)
    asked = parser.parse_args()
    data = _node.start()
    _open_cases.add(1, CASES, datetime.now(UTC), 1)
    _actions("step", STEPS, _steps())
    _actions("report", REPORTS, _reports())
    _log_of(data / "ledger-bench", asked.entries)


def _actions(name: str, count: int, work: "Iterator[Callable[[], None]]") -> None:
    """`work` gives one action after another; blocks with and without the ledger take turns."""
    _block(work, count)
    _publish()
    times: dict[bool, float] = {True: 0.0, False: 0.0}
    for number in range(2 * BLOCKS):
        is_on = number % 2 == 0
        begun = time.perf_counter()
        if is_on:
            _block(work, count)
            _publish()
        else:
            with _without():
                _block(work, count)
        times[is_on] += time.perf_counter() - begun
    rates = {is_on: BLOCKS * count / seconds for is_on, seconds in times.items()}
    _node.tell(
        f"ledger-{name}",
        rates[True],
        f"{name}s/s",
        "the same without the ledger",
        rates[False],
        blocks=BLOCKS,
        in_each=count,
        limit=0.85,
    )


def _block(work: "Iterator[Callable[[], None]]", count: int) -> None:
    for _ in range(count):
        next(work)()


def _steps() -> Iterator[Callable[[], None]]:
    from gezhi.cases.actions import act
    from gezhi.cases.procedure import Given
    from tests.cast import here

    actor = here().actor("dispatcher")
    while True:
        for case in range(6, CASES - 6, 6):  # of one county
            yield lambda case=case: act(actor, case, "urge", Given(text="请抓紧"))


def _reports() -> Iterator[Callable[[], None]]:
    """Each alone, as a resident sends it."""
    from gezhi.cases.intake.door import accept
    from gezhi.cases.intake.reading import read_report

    edge = _intake.edge()
    begin = 10**9
    while True:
        for fields in _intake.many_fields(begin, 1000):
            yield lambda fields=fields: accept([read_report(fields, edge)])
        begin += 1000


def _publish() -> None:
    """What the worker does every minute."""
    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint

    now = datetime.now(UTC)
    while publish_checkpoint(now, log_signers(now)) is not None:
        pass


def _nothing(*args: object, **named: object) -> None:
    return None


@contextmanager
def _without() -> Iterator[None]:
    """Whoever imported these functions calls them still; they do nothing until the block ends."""
    from gezhi.ledger.actions import recording

    functions = (recording.record, recording.record_many)
    before: list[CodeType] = [one.__code__ for one in functions]
    for one in functions:
        one.__code__ = _nothing.__code__
    try:
        yield
    finally:
        for one, code in zip(functions, before, strict=True):
            one.__code__ = code


def _log_of(folder: Path, entries: int) -> None:
    import _log
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from gezhi.ledger import notes

    signer = notes.Ed25519Signer(_log.ORIGIN, Ed25519PrivateKey.generate())
    note = _log.make(folder, entries, signer)
    _proof(folder, entries, note)
    _verify(folder, entries, signer)


def _proof(folder: Path, entries: int, note: object) -> None:
    """The query that the API and the pages call, over these files instead of the node's own few."""
    from gezhi.ledger import notes
    from gezhi.ledger.folder import LogFolder
    from gezhi.ledger.models import Checkpoint
    from gezhi.ledger.queries import proving

    assert isinstance(note, notes.Note)
    head = notes.parse_checkpoint(note.text)
    newest = Checkpoint.objects.create(
        size=entries, root=head.root, at=datetime.now(UTC), note=note.written()
    )
    proving.log_folder = lambda: LogFolder(folder)  # type: ignore[attr-defined]
    chance = random.Random(6962)
    indexes = [chance.randrange(entries) for _ in range(PROOFS)]
    times = sorted(_timed(lambda index=index: proving.proof_of(index, newest).written()) for index in indexes)
    reading = statistics.median(
        _timed(lambda index=index: _read_leaf_tile(folder, index)) for index in indexes
    )
    _node.tell(
        "ledger-proof-p95",
        times[int(len(times) * 0.95)],
        "ms",
        "reading the entry's tile alone",
        reading,
        entries=entries,
        p50=round(statistics.median(times), 3),
        p99=round(times[int(len(times) * 0.99)], 3),
        limit=5,
    )


def _read_leaf_tile(folder: Path, index: int) -> None:
    from gezhi.ledger.tiles import Tile

    path = folder / Tile(0, index // 256).address
    if path.exists():
        path.read_bytes()


def _verify(folder: Path, entries: int, signer: object) -> None:
    from gezhi.ledger import notes
    from gezhi.ledger.verifying import verify_files

    assert isinstance(signer, notes.Ed25519Signer)
    begun = time.perf_counter()
    verdict = verify_files(folder, [signer.verifier])
    took = time.perf_counter() - begun
    assert (verdict.findings, verdict.size) == ([], entries), verdict
    begun = time.perf_counter()
    size = 0
    for path in (folder / "tile/entries").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            size += len(data)
            hashlib.sha256(data).digest()
    hashing = time.perf_counter() - begun
    _node.tell(
        "ledger-verify",
        took,
        "s",
        "one SHA-256 over each bundle, one process",
        hashing,
        entries=entries,
        bytes=size,
        processes=os.cpu_count() or 1,
        limit=60,
    )


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
