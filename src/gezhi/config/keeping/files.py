"""The data folder's files, copied as they come.

They are written whole, before any row names them, and hardly ever changed: a folder in which nothing was added is
not read again. Left out is what belongs to the database or can be built again.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gezhi.config.keeping.records import PIECE, Writer, read_whole
from gezhi.config.keeping.store import Store

LEFT_OUT: Final = ("postgres", "run", "places", "tiles", "keeping", "metrics")
LAST: Final = ("ledger/checkpoint",)  # read before the tiles that it stands over, kept after them
_UNFINISHED: Final = (".draft", ".log", ".tmp", ".restoring")
_DOUBT: Final = 2.0  # seconds; a folder's time is as coarse as the kernel's clock


@dataclass
class Mirror:
    """`seen`: folder -> when it last changed, as far as its files were copied."""

    data: Path
    store: Store
    seen: dict[str, int] = field(default_factory=dict)

    def follow(self) -> int:
        """Copies what is new in folders that changed. Returns how many. Raises OSError."""
        copied, last = list[Path](), list[_Copy]()
        for folder in self._folders():
            changed = folder.stat().st_mtime_ns
            name = str(folder.relative_to(self.data))
            if name != "." and self.seen.get(name) == changed:
                continue
            begun = time.time_ns()
            for one in self._copy_new(folder):
                if one.name in LAST:
                    last.append(one)
                    continue
                self._keep(one)
                copied.append(one.target)
            if begun - changed > _DOUBT * 1e9:
                self.seen[name] = changed
        for one in last:
            self._keep(one)
            copied.append(one.target)
        for parent in {path.parent for path in copied}:
            _keep_names(parent)
        return len(copied)

    def forget(self) -> None:
        """The next time everything is looked at again: also what was changed in its place."""
        self.seen.clear()

    def _folders(self) -> Iterator[Path]:
        yield self.data
        waiting = [self.data / one.name for one in os.scandir(self.data) if _is_folder(one)]
        waiting = [path for path in waiting if path.name not in LEFT_OUT]
        while waiting:
            folder = waiting.pop()
            yield folder
            try:
                waiting += [Path(one.path) for one in os.scandir(folder) if _is_folder(one)]
            except FileNotFoundError:
                continue

    def _copy_new(self, folder: Path) -> Iterator["_Copy"]:
        target = self.store.files / folder.relative_to(self.data)
        known = {one.name: one for one in os.scandir(target)} if target.is_dir() else {}
        try:
            present = list(os.scandir(folder))
        except FileNotFoundError:
            return
        for one in present:
            if not one.is_file(follow_symlinks=False) or one.name.endswith(_UNFINISHED):
                continue
            if self._is_kept(one, known.get(one.name)):
                continue
            if copy := self._copy(Path(one.path), target / one.name):
                yield copy

    def _is_kept(self, one: "os.DirEntry[str]", kept: "os.DirEntry[str] | None") -> bool:
        try:
            return kept is not None and kept.stat().st_mtime_ns == one.stat().st_mtime_ns
        except FileNotFoundError:
            return True  # removed meanwhile

    def _copy(self, path: Path, target: Path) -> "_Copy | None":
        """None: removed meanwhile."""
        target.parent.mkdir(parents=True, exist_ok=True)
        name = str(path.relative_to(self.data))
        draft = target.with_name(target.name + ".draft")
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("rb") as source, draft.open("wb") as out:
                changed = os.fstat(source.fileno()).st_mtime_ns
                writer = Writer(out, name, self.store.key) if self.store.key else None
                while piece := source.read(PIECE):
                    digest.update(piece)
                    writer.write(size, piece) if writer else out.write(piece)
                    size += len(piece)
                out.flush()
                os.fsync(out.fileno())
        except FileNotFoundError:
            draft.unlink(missing_ok=True)
            return None
        os.utime(draft, ns=(changed, changed))
        return _Copy(name, draft, target, size, digest.hexdigest())

    def _keep(self, copy: "_Copy") -> None:
        self.store.note_file(copy.name, copy.size, copy.sha256, safe=copy.target.exists())
        copy.draft.rename(copy.target)


@dataclass(frozen=True, slots=True)
class _Copy:
    """A file that was copied and does not have its name yet."""

    name: str
    draft: Path
    target: Path
    size: int
    sha256: str


def _is_folder(one: "os.DirEntry[str]") -> bool:
    return one.is_dir(follow_symlinks=False)


def _keep_names(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def stored_files(store: Store) -> Iterator[Path]:
    for parent, folders, names in os.walk(store.files):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names) if not name.endswith(".draft"))


def bring_back(store: Store, stored: Path, target: Path) -> tuple[int, str]:
    """One file out of the store. Returns size and SHA-256. Raises Damaged, WrongKey, OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    name = str(stored.relative_to(store.files))
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        for piece in pieces_of(store, stored, name):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    shutil.copystat(stored, target)
    return size, digest.hexdigest()


def pieces_of(store: Store, stored: Path, name: str) -> Iterator[bytes]:
    if store.key:
        yield from read_whole(stored, name, store.key)
        return
    with stored.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
