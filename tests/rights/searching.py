"""Looking for signs of people in a dump of the database and in the folder of its files."""

import base64
import binascii
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SIGN: Final = re.compile(
    rb"(?:Zq7x\d{5}[a-z]*|1391000\d{4})"
)  # a shorter number stands in some hash by chance
_HEX: Final = re.compile(rb"\\\\x([0-9a-f]{16,})")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_COPY: Final = re.compile(rb"^COPY public\.(\w+) ")
_CHUNK: Final = 4 * 1024 * 1024


def signs_in_dump(dump: Path) -> Counter[str]:
    """Table -> how many signs of people stand in it: as text, and in what was written as bytes or base64."""
    found: Counter[str] = Counter()
    table = ""
    with dump.open("rb") as lines:
        for line in lines:
            if copying := _COPY.match(line):
                table = copying.group(1).decode()
            hits = sum(len(SIGN.findall(text)) for text in readings(line))
            if hits:
                found[table] += hits
    return found


def readings(line: bytes) -> Iterator[bytes]:
    """The line, and whatever can be read in it: bytes in hex, base64, packed by zlib."""
    yield line
    for found in _HEX.finditer(line):
        yield from _unpacked(bytes.fromhex(found.group(1)[: len(found.group(1)) // 2 * 2].decode()))
    for found in _BASE64.finditer(line):
        text = found.group().rstrip(b"=")
        try:
            yield from _unpacked(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
        except binascii.Error:
            continue


def _unpacked(data: bytes) -> Iterator[bytes]:
    yield data
    try:
        yield zlib.decompress(data)
    except zlib.error:
        return


def signs_in_files(folder: Path, without: tuple[str, ...] = ("postgres",)) -> Counter[str]:
    """First folder -> how many signs stand in its files, and in their names. `without`: the embedded server's own."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] not in without:
            hits = len(SIGN.findall(str(inside).encode())) + sum(
                len(SIGN.findall(part)) for part in _parts(path)
            )
            if hits:
                found[inside.parts[0]] += hits
    return found


def _parts(path: Path) -> Iterator[bytes]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)
        return
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-32:]
            if SIGN.search(tail):
                tail = b""
