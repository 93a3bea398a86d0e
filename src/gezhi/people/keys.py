"""Secret halves of persons' signing keys, locked under a key of the server that lies in a file of its own.

A copy of the database alone signs nothing. Whoever has both can sign for anybody, so that a signature of a key that
the server holds proves which account the act was done with, and not that the person alone could have done it: it is
no reliable electronic signature in the sense of 电子签名法 art. 13(2). A key that the person alone holds is.
"""

import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SERVER, OWN = "server", "own"
_NONCE: Final = 12  # bytes
_NAME: Final = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")


class CannotUnlock(LookupError):
    """The server's key for signing keys is missing or is another; the message says what is possible."""


class Lock:
    """The server's keys for signing keys, oldest first; the newest locks, each unlocks what it locked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        found = (path.stem for path in self.folder.glob("*.key"))
        return sorted(name for name in found if _NAME.fullmatch(name))

    def make(self, now: datetime) -> str:
        """A new key; from now on it locks. Raises ValueError when the clock stands before the last one's making."""
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        if self.names() and name < self.names()[-1]:
            raise ValueError(f"The clock stands before the making of {self.names()[-1]}.")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        draft = self.folder / f"{name}.draft"
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.folder / f"{name}.key")
        return name

    def remove(self, name: str) -> None:
        self._path(name).unlink()

    def locked(self, secret: Ed25519PrivateKey, bound: bytes) -> str:
        """`bound`: what the secret belongs to; it unlocks for nothing else. Raises CannotUnlock without a key."""
        names = self.names()
        if not names:
            raise CannotUnlock(f"{self.folder} holds no key. Make one: gezhi people signing-keys rotate.")
        nonce = secrets.token_bytes(_NONCE)
        data = nonce + self._cipher(names[-1]).encrypt(nonce, secret.private_bytes_raw(), bound)
        return f"{names[-1]}:{data.hex()}"

    def unlocked(self, locked: str, bound: bytes) -> Ed25519PrivateKey:
        """Raises CannotUnlock."""
        name, _, data = locked.partition(":")
        cipher = self._cipher(name)
        try:
            raw = bytes.fromhex(data)
            secret = cipher.decrypt(raw[:_NONCE], raw[_NONCE:], bound)
        except (InvalidTag, ValueError) as error:  # another key's, or damaged
            raise CannotUnlock(f"{name}.key does not unlock this signing key. {_REMEDY}") from error
        return Ed25519PrivateKey.from_private_bytes(secret)

    def _cipher(self, name: str) -> AESGCM:
        try:
            return AESGCM(bytes.fromhex(self._path(name).read_text()))
        except (OSError, ValueError) as error:
            raise CannotUnlock(f"{self._path(name)} cannot be read. {_REMEDY}") from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise CannotUnlock(f"'{name[:60]}' names no key of the server.")
        return self.folder / f"{name}.key"


_REMEDY: Final = (
    "Bring it back from the backup, or give everybody new keys: gezhi people signing-keys renew --all."
)


def proof_of(origin: str, account_id: int) -> bytes:
    """What a person signs to show that the key is in the own hand."""
    return f"gezhi/own-key/v1\n{origin}\naccount:{account_id}\n".encode()
