"""What lies beside the tree, checked from files alone: timestamps of checkpoints, signatures of persons."""

import multiprocessing
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from gezhi.ledger import notes
from gezhi.ledger.folder import LogFolder, MissingTile
from gezhi.ledger.signing import KEYS, MARK, SignatureBook
from gezhi.ledger.tiles import BUNDLE, WIDTH, Tile, width_in
from gezhi.ledger.timestamps import BadStamp, Stamp, Trust, checked
from gezhi.ledger.verifying import CHUNK, FEW, Finding

STAMPS: Final = "timestamps"  # the folder, beside the tiles
NOTE: Final = ".checkpoint"
REPLY: Final = ".tsr"
T = TypeVar("T")
R = TypeVar("R")


@dataclass
class Stamps:
    """`count` timestamps hold; `newest` is the one over most entries, of a checkpoint of `size`."""

    count: int = 0
    size: int = 0
    newest: Stamp | None = None
    findings: list[Finding] = field(default_factory=list)


def verify_stamps(path: Path, known: Collection[notes.Verifier], trust: Trust) -> Stamps:
    """Every timestamp that lies there: of its checkpoint, by that authority, of a head that the log's tiles give, and
    none before another over fewer entries."""
    found, folder, before = Stamps(), LogFolder(path), list[tuple[int, datetime]]()
    for size, file in _sizes(path / STAMPS):
        where = f"{STAMPS}/{file.name}"
        try:
            stamp = _stamp(file, size, known, trust, folder)
        except (BadStamp, notes.BadNote, MissingTile, OSError, UnicodeDecodeError) as error:
            found.findings.append(Finding(where, str(error)))
            continue
        if before and stamp.at < before[-1][1]:
            found.findings.append(Finding(where, f"it is older than that of {before[-1][0]} entries"))
        before.append((size, stamp.at))
        found.count, found.size, found.newest = found.count + 1, size, stamp
    return found


def _sizes(folder: Path) -> list[tuple[int, Path]]:
    names = (path for path in folder.glob(f"*{NOTE}") if path.stem.isascii() and path.stem.isdigit())
    return sorted((int(path.stem), path) for path in names)


def _stamp(
    file: Path, size: int, known: Collection[notes.Verifier], trust: Trust, folder: LogFolder
) -> Stamp:
    note = notes.parse_note(file.read_text(encoding="utf-8"))
    notes.verified_by(note, known)
    head = notes.parse_checkpoint(note.text)
    if head.size != size or folder.root(size) != head.root:
        raise notes.BadNote(f"it stands over another tree than that of the first {size} entries")
    return checked(file.with_suffix(REPLY).read_bytes(), file.read_bytes(), trust)


@dataclass
class Signatures:
    """`count` entries are signed, with so many `keys`."""

    count: int = 0
    keys: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify_signatures(path: Path, size: int, processes: int | None = None) -> Signatures:
    """Every signature of a person in the first `size` entries, by the keys that the log itself made known. Bundles
    that are missing or broken are passed over: verify_files names them."""
    found, book = Signatures(), SignatureBook()
    count = -(-size // WIDTH)
    parts = [(path, begin, min(begin + CHUNK, count), size) for begin in range(0, count, CHUNK)]
    with spread(count, processes) as over:
        for part in over(_key_entries, parts):
            for index, body in part:
                if said := book.learn(index, body):
                    found.findings.append(Finding(f"entry {index}", said))
        for signed, findings in over(partial(_check_part, book), parts):
            found.count += signed
            found.findings += findings
    found.keys = len(book.keys)
    return found


Part = tuple[Path, int, int, int]  # the log's folder, bundles from and to, entries in all


def _key_entries(part: Part) -> list[tuple[int, bytes]]:
    return [(index, body) for index, body in _marked(part, KEYS) if KEYS in body]


def _check_part(book: SignatureBook, part: Part) -> tuple[int, list[Finding]]:
    signed = [(index, body) for index, body in _marked(part, MARK) if MARK in body]
    said = ((index, book.check(index, body)) for index, body in signed)
    return len(signed), [Finding(f"entry {index}", wrong) for index, wrong in said if wrong]


def _marked(part: Part, mark: bytes) -> Iterator[tuple[int, bytes]]:
    """The entries of bundles that hold the mark at all: most need not be taken apart."""
    path, begin, end, size = part
    folder = LogFolder(path)
    for number in range(begin, end):
        width = width_in(BUNDLE, number, size)
        data = folder.bytes_of(Tile(BUNDLE, number, width))
        if data is not None and mark in data:
            yield from ((number * WIDTH + at, body) for at, body in enumerate(_bodies(data, width)))


def _bodies(bundle: bytes, width: int) -> Iterator[bytes]:
    at = 0
    for _ in range(width):
        begin = at + 2
        at = begin + int.from_bytes(bundle[at:begin], "big")
        yield bundle[begin:at]


@contextmanager
def spread(
    bundles: int, processes: int | None
) -> Iterator[Callable[[Callable[[T], R], Iterable[T]], Iterator[R]]]:
    """`map`, over processes where there is enough to do."""
    workers = min(processes or os.cpu_count() or 1, 16)
    if bundles <= FEW or workers == 1:
        yield map
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield pool.map
