"""The secret keys with which the log signs, each in a file that its owner alone may read.

ID.key holds the line that Go's note package reads and writes: PRIVATE+KEY+name+id+base64(type, 32 bytes); ID.sm2 is
PEM, as `openssl` reads and writes it. `witness` is the key with which this node cosigns other logs.
"""

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezhi.ledger import sm2
from gezhi.ledger.notes import (
    COSIGNATURE,
    BadNote,
    Ed25519Signer,
    Ed25519Verifier,
    Signer,
    Verifier,
    ed25519_verifier,
)

_PREFIX: Final = "PRIVATE+KEY+"
_WITNESS: Final = "witness"
_REMEDY: Final = "Bring the file back from the backup, or begin a new key: gezhi ledger rotate-key."


class KeyMissing(LookupError):
    """A key of the log is not where it should be, or is not what it should be; the message says where."""


def make_key(folder: Path, name: str) -> Ed25519Signer:
    """A new key of this name, safely on disk."""
    signer = Ed25519Signer(name, Ed25519PrivateKey.generate())
    _write(_path(folder, signer.verifier), _line(signer))
    return signer


def make_sm2_key(folder: Path, name: str) -> sm2.Sm2Signer:
    """Raises sm2.NoSm2."""
    signer = sm2.Sm2Signer(name, sm2.new_key())
    _write(_path(folder, signer.verifier), sm2.private_pem(signer.private).decode())
    return signer


def witness_key(folder: Path, name: str) -> Ed25519Signer:
    """The key of this node as a witness; made under `name` when there is none."""
    path = folder / _WITNESS
    if not path.exists():
        draft = folder / f"{_WITNESS}.{os.getpid()}"
        draft.unlink(missing_ok=True)
        _write(draft, _line(Ed25519Signer(name, Ed25519PrivateKey.generate(), COSIGNATURE)))
        try:
            os.link(draft, path)  # of two processes the first wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _read(path)


def verifiers_of(vkeys: Iterable[str]) -> list[Verifier]:
    """Without keys of SM2 on a machine that has none: their lines are then as good as unknown. Raises BadNote."""
    found = [verifier_of(one) for one in vkeys]
    return [one for one in found if isinstance(one, Ed25519Verifier) or sm2.is_available()]


def verifier_of(vkey: str) -> Ed25519Verifier | sm2.Sm2Verifier:
    """Of a key of either kind. Raises BadNote."""
    try:
        return ed25519_verifier(vkey)
    except BadNote as error:
        try:
            return sm2.sm2_verifier(vkey)
        except BadNote:
            raise error from None


def own_vkeys(folder: Path) -> list[str]:
    """The public halves of all keys that lie there."""
    return [_read(path).verifier.vkey() for path in sorted(folder.glob("*.key"))]


def read_key(folder: Path, vkey: str) -> Signer:
    """The secret half of a public key. Raises KeyMissing."""
    public = verifier_of(vkey)
    path = _path(folder, public)
    signer = _read(path) if isinstance(public, Ed25519Verifier) else _read_sm2(path, public.name)
    if signer.verifier != public:
        raise KeyMissing(f"{path} holds another key than {vkey}. {_REMEDY}")
    return signer


def _read(path: Path) -> Ed25519Signer:
    try:
        name, _, secret = path.read_text().strip().removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(secret, validate=True)
        return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]), raw[:1])
    except FileNotFoundError as error:
        raise KeyMissing(f"The log's key {path} is missing. {_REMEDY}") from error
    except ValueError as error:
        raise KeyMissing(f"{path} holds no key. {_REMEDY}") from error


def _read_sm2(path: Path, name: str) -> sm2.Sm2Signer:
    try:
        private = sm2.from_pem(path.read_bytes())
        sm2.public_of(private)
    except FileNotFoundError as error:
        raise KeyMissing(f"The log's key {path} is missing. {_REMEDY}") from error
    except sm2.NoSm2 as error:
        raise KeyMissing(f"{path}: {error} {_REMEDY}") from error
    return sm2.Sm2Signer(name, private)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _path(folder: Path, public: Ed25519Verifier | sm2.Sm2Verifier) -> Path:
    kind = "key" if isinstance(public, Ed25519Verifier) else "sm2"
    return folder / f"{public.key_id.hex()}.{kind}"


def _line(signer: Ed25519Signer) -> str:
    secret = base64.b64encode(signer.kind + signer.private.private_bytes_raw()).decode()
    return f"{_PREFIX}{signer.name}+{signer.verifier.key_id.hex()}+{secret}\n"
