"""Files that wait in the folder of uploads, and whether they name a person."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from gezhi.cases.models import ImportRun
from gezhi.lib.numbers import number_key
from gezhi.rights.person import Signs

_CHUNK: Final = 1024 * 1024  # bytes read at once
_CODINGS: Final = ("utf-8", "gb18030", "utf-16-le")


def uploads_naming(signs: Signs) -> list[str]:
    """Keys of files that hold the person's number, e-mail address or name; not of an import that is under way."""
    wanted = _wanted(signs)
    if not wanted or not _folder().is_dir():
        return []
    running = {str(key) for key in ImportRun.objects.filter(ended_at=None).values_list("key", flat=True)}
    waiting = (path for path in _folder().glob("*/*") if path.parent.name not in running)
    return sorted({path.parent.name for path in waiting if _holds(path, wanted)})


def forgotten_uploads(until: datetime) -> list[str]:
    """Keys of files that were uploaded before and never imported."""
    known = {str(key) for key in ImportRun.objects.values_list("key", flat=True)}
    folders = _folder().glob("*/") if _folder().is_dir() else ()
    old = until.timestamp()
    return sorted(one.name for one in folders if one.name not in known and one.stat().st_mtime < old)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "uploads"


def _wanted(signs: Signs) -> list[bytes]:
    numbers = (form for number in signs.numbers for form in {number, number_key(number)} if len(form) > 4)
    names = (name for name in signs.names if len(name) > 1)
    words = {*numbers, *names, *signs.emails}
    return [word.encode(coding, "ignore") for word in words for coding in _CODINGS]


def _holds(path: Path, wanted: list[bytes]) -> bool:
    return any(word in part for part in _parts(path) for word in wanted)


def _parts(path: Path) -> Iterator[bytes]:
    """The bytes of a file in overlapping pieces; of a workbook, of each sheet in it."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                with book.open(name) as sheet:
                    yield from _pieces(iter(lambda: sheet.read(_CHUNK), b""))
        return
    with path.open("rb") as file:
        yield from _pieces(iter(lambda: file.read(_CHUNK), b""))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    tail = b""
    for chunk in chunks:
        yield tail + chunk
        tail = chunk[-400:]
