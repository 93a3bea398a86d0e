"""Uploaded files wait in the data folder, each in a folder of its own, until their import has run."""

import os
import re
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from gezhi.exchange.files.opening import FORMATS
from gezhi.exchange.files.rows import FileUnreadable

MAX_UPLOAD = 1024**3  # bytes
UNSAFE = re.compile(r"[^\w.-]+")


class Upload(Protocol):
    def chunks(self) -> Iterator[bytes]: ...


def store(
    folder: Path, file: Upload, name: str, forms: Collection[str] = FORMATS.keys(), most: int = MAX_UPLOAD
) -> str:
    """The key of the stored file, there whole or not at all. `forms`: endings; `most`: bytes. Raises
    FileUnreadable: too large, or a format that is not read."""
    plain = UNSAFE.sub("_", Path(name.replace("\\", "/")).name)[-100:].lstrip(".") or "reports"
    if Path(plain).suffix.lower() not in forms:
        raise FileUnreadable(f"{plain} is in no format that is read; {', '.join(forms)} are.")
    key = str(uuid.uuid4())
    path = folder / key / plain
    path.parent.mkdir(parents=True)
    draft = path.with_name(f"{path.name}.draft")
    try:
        _write(draft, file, most)
    except BaseException:
        draft.unlink()
        path.parent.rmdir()
        raise
    draft.rename(path)
    return key


def _write(path: Path, file: Upload, most: int) -> None:
    size = 0
    with path.open("wb") as out:
        for chunk in file.chunks():
            size += len(chunk)
            if size > most:
                raise FileUnreadable(f"The file is over {most:,} bytes; split it.")
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def stored(folder: Path, key: str) -> Path:
    """Raises FileUnreadable when nothing is stored under the key."""
    try:
        found = next((folder / str(uuid.UUID(key))).iterdir(), None)
    except (ValueError, OSError):
        found = None
    if found is None:
        raise FileUnreadable("No file is stored under this key; upload it again.")
    return found
