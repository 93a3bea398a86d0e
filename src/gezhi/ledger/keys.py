"""The secret keys with which the log signs, each in a file that its owner alone may read.

The file holds the line that Go's note package reads and writes: PRIVATE+KEY+name+id+base64(type, 32 bytes).
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezhi.ledger.notes import ED25519, Ed25519Signer, ed25519_verifier

_PREFIX: Final = "PRIVATE+KEY+"
_REMEDY: Final = "Bring the file back from the backup, or begin a new key: gezhi ledger rotate-key."


class KeyMissing(LookupError):
    """A key of the log is not where it should be, or is not what it should be; the message says where."""


def make_key(folder: Path, name: str) -> Ed25519Signer:
    """A new key of this name, safely on disk."""
    signer = Ed25519Signer(name, Ed25519PrivateKey.generate())
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = _path(folder, signer.verifier.vkey())
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w") as file:
        file.write(_line(signer))
        file.flush()
        os.fsync(file.fileno())
    return signer


def own_vkeys(folder: Path) -> list[str]:
    """The public halves of all keys that lie there."""
    return [_read(path).verifier.vkey() for path in sorted(folder.glob("*.key"))]


def read_key(folder: Path, vkey: str) -> Ed25519Signer:
    """The secret half of a public key. Raises KeyMissing."""
    signer = _read(_path(folder, vkey))
    if signer.verifier != ed25519_verifier(vkey):
        raise KeyMissing(f"{_path(folder, vkey)} holds another key than {vkey}. {_REMEDY}")
    return signer


def _read(path: Path) -> Ed25519Signer:
    try:
        name, _, secret = path.read_text().strip().removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(secret, validate=True)
        return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
    except FileNotFoundError as error:
        raise KeyMissing(f"The log's key {path} is missing. {_REMEDY}") from error
    except (binascii.Error, ValueError) as error:
        raise KeyMissing(f"{path} holds no key. {_REMEDY}") from error


def _path(folder: Path, vkey: str) -> Path:
    return folder / f"{ed25519_verifier(vkey).key_id.hex()}.key"


def _line(signer: Ed25519Signer) -> str:
    secret = base64.b64encode(ED25519 + signer.private.private_bytes_raw()).decode()
    return f"{_PREFIX}{signer.name}+{signer.verifier.key_id.hex()}+{secret}\n"
