"""How a copy is stored: a file of records, each compressed, perhaps sealed, with a digest of its own.

A record says where in the original its bytes stand, so that a file grows while its original does, and one whose
writer died in the middle of a record ends with the record before it. Sealed records are AES-256-GCM; the name of
the file and the place of the record are authenticated with them, so none can be moved or exchanged.
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE: Final = 1024 * 1024  # bytes of the original in a record
_HEAD: Final = struct.Struct(">2sBQII16s")  # mark, how, place, bytes of the original, bytes stored, digest
_MARK: Final = b"GZ"
_SEALED: Final = 1
_SALT: Final = b"gezhi.backup.1"
_SHORTEST: Final = 32


class Damaged(Exception):
    """A copy is not what was stored; the message says which, and where."""


class WrongKey(Exception):
    """The backup cannot be opened with the given key; the message says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """32 bytes. `name` tells keys apart and gives nothing away."""

    secret: bytes

    @property
    def name(self) -> str:
        return hashlib.sha256(b"name" + self.secret).hexdigest()[:16]


def key_in(file: str) -> Key | None:
    """The key that a file holds; None for no file. Raises WrongKey."""
    if not file:
        return None
    try:
        text = Path(file).read_bytes().strip()
    except OSError as error:
        raise WrongKey(f"The backup's key cannot be read: {error}.") from error
    if len(text) < _SHORTEST:
        raise WrongKey(f"{file} holds {len(text)} bytes; a key has at least {_SHORTEST}.")
    return Key(HKDF(SHA256(), 32, _SALT, b"backup").derive(text))


@dataclass(frozen=True, slots=True)
class Writer:
    """Appends records to an open file; `name` is the file's name in the store."""

    out: BinaryIO
    name: str
    key: Key | None

    def write(self, place: int, data: bytes) -> None:
        for at in range(0, len(data), PIECE):
            self._record(place + at, data[at : at + PIECE])

    def _record(self, place: int, piece: bytes) -> None:
        stored = zlib.compress(piece, 1)
        if self.key:
            nonce = os.urandom(12)
            stored = nonce + AESGCM(self.key.secret).encrypt(nonce, stored, _bound(self.name, place))
        how = _SEALED if self.key else 0
        digest = hashlib.blake2b(stored, digest_size=16).digest()
        self.out.write(_HEAD.pack(_MARK, how, place, len(piece), len(stored), digest) + stored)


def _bound(name: str, place: int) -> bytes:
    return f"{name}@{place}".encode()


def pieces(source: BinaryIO, name: str, key: Key | None) -> Iterator[tuple[int, bytes]]:
    """Place and bytes of each whole record. A last record that is not whole is passed over.
    Raises Damaged, WrongKey."""
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        mark, how, place, length, size, digest = _HEAD.unpack(head)
        if mark != _MARK:
            raise Damaged(f"{name}: what stands at byte {place} of the original is no record.")
        stored = source.read(size)
        if len(stored) < size:
            return
        if hashlib.blake2b(stored, digest_size=16).digest() != digest:
            raise Damaged(f"{name}: the record at byte {place} of the original was changed.")
        piece = _unpacked(_opened(stored, how, name, place, key))
        if len(piece) != length:
            raise Damaged(f"{name}: the record at byte {place} has another length than it says.")
        yield place, piece


def _unpacked(stored: bytes) -> bytes:
    """No more than a record has; b"" for what was never packed."""
    try:
        return zlib.decompressobj().decompress(stored, PIECE + 1)
    except zlib.error:
        return b""


def _opened(stored: bytes, how: int, name: str, place: int, key: Key | None) -> bytes:
    if not how & _SEALED:
        return stored
    if key is None:
        raise WrongKey(f"{name} is sealed. Name the file of its key in GEZHI_BACKUP_KEY_FILE.")
    try:
        return AESGCM(key.secret).decrypt(stored[:12], stored[12:], _bound(name, place))
    except (InvalidTag, ValueError) as error:
        raise WrongKey(f"{name} was sealed with another key, or was changed.") from error


def read_whole(path: Path, name: str, key: Key | None) -> Iterator[bytes]:
    """The original, which was written from its beginning on. Raises Damaged, WrongKey, OSError."""
    expected = 0
    with path.open("rb") as source:
        for place, piece in pieces(source, name, key):
            if place != expected:
                raise Damaged(f"{name}: bytes {expected} to {place} are not there.")
            expected += len(piece)
            yield piece


def whole_length(path: Path) -> tuple[int, int]:
    """(bytes of the original, bytes of the file) from the beginning up to the last whole record before which nothing
    is missing; (0, 0) for no file."""
    reached = stored = 0
    if not path.exists():
        return 0, 0
    size = path.stat().st_size
    with path.open("rb") as source:
        while len(head := source.read(_HEAD.size)) == _HEAD.size:
            mark, _, place, length, following, _ = _HEAD.unpack(head)
            if mark != _MARK or place != reached or source.tell() + following > size:
                break
            source.seek(following, os.SEEK_CUR)
            reached, stored = place + length, source.tell()
    return reached, stored
