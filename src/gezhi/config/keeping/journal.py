"""Lines of JSON in numbered files: their order is that of writing, whatever the clock does meanwhile."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_LARGEST: Final = 4 * 1024 * 1024  # bytes; then another file begins
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Journal:
    folder: Path

    def add(self, line: Mapping[str, object], *, safe: bool = True) -> None:
        """`safe`: on the disk before this returns. Raises OSError."""
        path = self._current()
        with path.open("a+b") as out:
            if out.tell() and not _ends_line(path):
                out.write(b"\n")  # its writer died in the middle of a line
            out.write(json.dumps(dict(line)).encode() + b"\n")
            out.flush()
            if safe:
                os.fsync(out.fileno())

    def lines(self) -> Iterator[Line]:
        """Oldest first."""
        for path in self.paths():
            yield from lines_of(path)

    def last(self) -> Line | None:
        for path in reversed(self.paths()):
            if lines := list(lines_of(path)):
                return lines[-1]
        return None

    def paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    def _current(self) -> Path:
        paths = self.paths()
        if paths and paths[-1].stat().st_size < _LARGEST:
            return paths[-1]
        return self.folder / f"{int(paths[-1].stem) + 1 if paths else 1:08d}.jsonl"


def lines_of(path: Path) -> Iterator[Line]:
    """What is no whole line is passed over."""
    for line in path.read_text(errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
