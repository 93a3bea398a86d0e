"""A wall clock that jumps under a running node: a small library of ours (shift.c) adds what a mapped file holds.

A kernel's time namespace shifts only the monotonic clocks, setting the machine's clock would move everybody's, and
libfaketime breaks sleeping in Python 3.11.
"""

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DAY: Final = 86400
_SOURCE: Final = Path(__file__).with_name("shift.c")


def can_shift() -> bool:
    return shutil.which("cc") is not None


@dataclass
class Clock:
    """`folder` holds library and shift; a database that runs as somebody else must be able to read it."""

    folder: Path

    def environment(self) -> dict[str, str]:
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        library, shift = self.folder / "shift.so", self.folder / "shift"
        if not library.exists():
            subprocess.run(
                ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"], check=True
            )
            shift.write_bytes(struct.pack("=q", 0))
            shift.chmod(0o644)
        return {"LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(shift)}

    def shift(self, seconds: int) -> None:
        with (self.folder / "shift").open("r+b") as file:
            file.write(struct.pack("=q", seconds))
