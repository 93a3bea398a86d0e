"""A disk of its own for a node: a file system in an image, that can run full and become slow. Needs root and Linux.

Full: a file takes what is left. Slow: the kernel's block controller (cgroup v1, blkio.throttle) holds the loop device
to a few writes a second, for everybody who writes to it.
"""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

_THROTTLE: Final = Path("/sys/fs/cgroup/blkio")
_RULES: Final = ("blkio.throttle.write_iops_device", "blkio.throttle.write_bps_device")


class NoDisk(Exception):
    """This machine gives no loop device; the message says what failed."""


def can_mount() -> bool:
    return os.geteuid() == 0 and Path("/dev/loop-control").exists()


class Disk:
    """`root`: where it is mounted."""

    def __init__(self, image: Path, root: Path, megabytes: int = 2048) -> None:
        self.image, self.root, self._size = image, root, megabytes

    def __enter__(self) -> Self:
        with self.image.open("wb") as file:
            file.truncate(self._size * 1024 * 1024)
        self.root.mkdir(parents=True, exist_ok=True)
        for command in (
            ["mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", str(self.image)],
            ["mount", "-o", "loop", str(self.image), str(self.root)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NoDisk(f"{' '.join(command)}: {done.stderr.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        self.fast()
        for _try in range(50):
            if subprocess.run(["umount", str(self.root)], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.2)
        else:
            subprocess.run(["umount", "-l", str(self.root)], check=False)
        self.image.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.root / "filler"

    def fill(self) -> int:
        """Nothing is left. Returns bytes taken."""
        taken = 0
        with self._filler.open("wb") as file:
            for piece in (64 << 20, 1 << 20, 64 << 10, 4 << 10):
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), taken, piece)
                        taken += piece
        return taken

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)

    @property
    def _device(self) -> str:
        status = os.stat(self.root)
        return f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"

    def slow(self, writes: int, kilobytes: int) -> None:
        """A second."""
        for rule, value in zip(_RULES, (writes, kilobytes * 1024), strict=True):
            (_THROTTLE / rule).write_text(f"{self._device} {value}")

    def fast(self) -> None:
        for rule in _RULES:
            with suppress(OSError):
                (_THROTTLE / rule).write_text(f"{self._device} 0")
