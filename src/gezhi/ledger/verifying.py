"""A log's files checked by themselves: every body, every tile, up to the root that a known key signed.

It goes down from the signature: the checkpoint vouches for the tiles at the right edge, each tile for those below it,
the lowest for the bodies. So a finding can say which of two that do not fit was changed.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gezhi.ledger import notes
from gezhi.ledger.folder import CHECKPOINT, LogFolder, MissingTile
from gezhi.ledger.tiles import BUNDLE, WIDTH, Edge, Tile, levels_of, tile_at, tiles_of, top_of, width_in
from gezhi.ledger.tree import HASH

CHUNK: Final = 256  # bundles that a process takes at once
FEW: Final = 4 * CHUNK  # bundles; below, other processes would take longer to start than to help


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`where`: an entry, a file or a row; `what` is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Verdict:
    """`size`: of the checkpoint, in entries. `signed_by`: names of the known keys whose lines hold."""

    origin: str = ""
    size: int = 0
    signed_by: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, where: str, what: str) -> None:
        self.findings.append(Finding(where, what))


def verify_files(
    path: Path, known: Collection[notes.Verifier], earlier: str = "", processes: int | None = None
) -> Verdict:
    """`earlier`: a checkpoint kept from before, that the log must go on from. `processes`: None for as many as help."""
    verdict, folder = Verdict(), LogFolder(path)
    head = _head(folder.text(CHECKPOINT), known, verdict, CHECKPOINT)
    if head is None:
        return verdict
    verdict.origin, verdict.size = head.origin, head.size
    last = (head.size - 1) // WIDTH
    if head.size and not any(folder.find(Tile(level, last, 1)) for level in (0, BUNDLE)):
        verdict.find(CHECKPOINT, f"the files do not reach to the {head.size} entries that it stands over")
        return verdict
    trusted = _Trusted(folder, head, verdict)
    helping = min(os.cpu_count() or 1, 16) if head.size > FEW * WIDTH else 1
    with _pool(processes or helping) as pool:
        for found in _below(path, head.size, trusted.tops(), pool):
            verdict.findings += found
    verdict.findings += _beside(folder, head.size)
    if earlier:
        _require_extends(earlier, known, folder, verdict)
    return verdict


def _head(
    written: str, known: Collection[notes.Verifier], verdict: Verdict, where: str
) -> notes.Checkpoint | None:
    try:
        note = notes.parse_note(written)
        head = notes.parse_checkpoint(note.text)
    except notes.BadNote as error:
        verdict.find(where, str(error) if written else "there is none")
        return None
    try:
        verdict.signed_by = sorted({one.name for one in notes.verified_by(note, known)})
    except notes.BadNote as error:
        verdict.find(where, str(error))
    return head


class _Trusted:
    """The tiles above the lowest, as far as the checkpoint vouches for them."""

    def __init__(self, folder: LogFolder, head: notes.Checkpoint, verdict: Verdict) -> None:
        self._folder, self._head, self._verdict = folder, head, verdict
        self._rows: dict[int, bytes] = {}  # by level: the hashes of all its tiles, joined
        for level in reversed(levels_of(head.size)):
            if level:
                self._rows[level] = b"".join(self._checked(tile) for tile in tiles_of(level, head.size))
        self._check_edge()

    def tops(self) -> bytes:
        """What the roots of the whole lowest tiles must be; empty where there is none."""
        return self._rows.get(1, b"")

    def _checked(self, tile: Tile) -> bytes:
        data, wrong = _hashes(self._folder, tile)
        expected = self._rows.get(tile.level + 1, b"")[tile.number * HASH : (tile.number + 1) * HASH]
        if not wrong and tile.width == WIDTH and top_of(data) != expected:
            wrong = "it was changed: the tile above it says otherwise"
        if wrong:
            self._verdict.find(tile.address, wrong)
        return data

    def _check_edge(self) -> None:
        """Of each level the last tile, while it is partial; the lowest is read here only for this."""
        size, rows = self._head.size, list[bytes]()
        for level in levels_of(size):
            number, width = divmod(size >> 8 * level, WIDTH)
            if level:
                rows.append(self._rows[level][number * WIDTH * HASH :])
            else:
                rows.append(_hashes(self._folder, Tile(0, number, width))[0] if width else b"")
        if Edge(size, rows).root() != self._head.root:
            self._verdict.find(CHECKPOINT, "the tiles at the right edge lead to another root than it says")


def _hashes(folder: LogFolder, tile: Tile) -> tuple[bytes, str]:
    """The tile's hashes, zeros where they lack; and what is wrong with the file."""
    found, wanted = folder.find(tile), tile.width * HASH
    if found is None:
        return bytes(wanted), "it is missing"
    data = found[1]
    if len(data) != found[0].width * HASH:
        return data[:wanted].ljust(wanted, b"\0"), f"it has {len(data)} bytes"
    return data[:wanted], ""


def _pool(workers: int) -> "nullcontext[None] | ProcessPoolExecutor":
    if workers == 1:
        return nullcontext()
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))


def _below(path: Path, size: int, tops: bytes, pool: Executor | None) -> Iterable[list[Finding]]:
    """Findings about the lowest tiles and the bundles."""
    count = -(-size // WIDTH)
    parts = [
        (path, begin, min(begin + CHUNK, count), size, tops[begin * HASH : (begin + CHUNK) * HASH])
        for begin in range(0, count, CHUNK)
    ]
    return pool.map(_check_part, parts) if pool else map(_check_part, parts)


def _check_part(part: tuple[Path, int, int, int, bytes]) -> list[Finding]:
    path, begin, end, size, tops = part
    folder, found = LogFolder(path), list[Finding]()
    for number in range(begin, end):
        at = (number - begin) * HASH
        found += _check_bundle(folder, number, width_in(0, number, size), tops[at : at + HASH])
    return found


def _check_bundle(folder: LogFolder, number: int, width: int, top: bytes) -> Iterator[Finding]:
    """`top`: the root that the tile must have; empty for the last one, which the edge's root has vouched for."""
    tile, bundle = Tile(0, number, width), Tile(BUNDLE, number, width)
    hashes, wrong = _hashes(folder, tile)
    if not wrong and width == WIDTH and top_of(hashes) != top:
        wrong = "it was changed: the tile above it says otherwise"
    if wrong:
        yield Finding(tile.address, wrong)
    file = folder.find(bundle)
    if file is None:
        yield Finding(bundle.address, "it is missing")
        return
    leaves, rest = leaves_in(file[1], width)
    if len(leaves) != width * HASH or (rest and file[0] == bundle):
        yield Finding(bundle.address, f"it does not hold {width} entries")
    if leaves != hashes:
        yield from _unlike(
            leaves, hashes, number, "the tile says" if not wrong else "its tile, changed, says"
        )


def leaves_in(bundle: bytes, width: int = WIDTH) -> tuple[bytes, int]:
    """The leaf hashes of the first `width` bodies, joined, and how many bytes are left over; fewer hashes where the
    bytes end before."""
    sha256, found, at, end = hashlib.sha256, list[bytes](), 0, len(bundle)
    while at + 1 < end and len(found) < width:
        stop = at + 2 + (bundle[at] << 8 | bundle[at + 1])
        if stop > end:
            break
        found.append(sha256(b"\0" + bundle[at + 2 : stop]).digest())
        at = stop
    return b"".join(found), end - at


def _unlike(leaves: bytes, hashes: bytes, number: int, who: str) -> Iterator[Finding]:
    for at in range(0, min(len(leaves), len(hashes)), HASH):
        if leaves[at : at + HASH] != hashes[at : at + HASH]:
            yield Finding(f"entry {number * WIDTH + at // HASH}", f"its body is not the one that {who}")


def _beside(folder: LogFolder, size: int) -> Iterator[Finding]:
    """Partial tiles of other checkpoints begin as the present ones do."""
    for tile in _partial(folder.path):
        width = width_in(tile.level, tile.number, size)
        if width in (0, tile.width):
            continue
        try:
            data = (folder.path / tile.address).read_bytes()
        except FileNotFoundError:
            continue  # the log goes on meanwhile: a whole one has taken its place
        short, long = sorted((data, folder.bytes_of(Tile(tile.level, tile.number, width)) or b""), key=len)
        if not long.startswith(short) or not _is_whole(tile, data):
            yield Finding(tile.address, "it is not the beginning of the tile that stands now")


def _is_whole(tile: Tile, data: bytes) -> bool:
    if tile.level != BUNDLE:
        return len(data) == tile.width * HASH
    leaves, rest = leaves_in(data, tile.width)
    return len(leaves) == tile.width * HASH and not rest


def _partial(path: Path) -> Iterator[Tile]:
    for folder, _folders, names in os.walk(path / "tile"):
        if folder.endswith(".p"):
            inside = Path(folder).relative_to(path).as_posix()
            yield from (tile for name in sorted(names) if (tile := tile_at(f"{inside}/{name}")))


def _require_extends(
    earlier: str, known: Collection[notes.Verifier], folder: LogFolder, verdict: Verdict
) -> None:
    kept = _head(earlier, known, Verdict(), "")
    if kept is None or kept.origin != verdict.origin:
        verdict.find("earlier checkpoint", "it is none of this log")
    elif kept.size > verdict.size:
        verdict.find(CHECKPOINT, f"it stands over fewer entries than the earlier one, over {kept.size}")
    elif _root(folder, kept.size) != kept.root:
        verdict.find(CHECKPOINT, f"the log does not go on from the earlier one, over {kept.size} entries")


def _root(folder: LogFolder, size: int) -> bytes:
    """What the tiles lead to; nothing where they lack, which is found elsewhere."""
    try:
        return folder.root(size)
    except MissingTile:
        return b""
