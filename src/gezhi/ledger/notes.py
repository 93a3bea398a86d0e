"""Signed notes and checkpoints: a text that several keys signed, each in a line of its own.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature. A line of a key that is not
known says nothing and is passed over; a line of a known key that does not verify spoils the whole note.
"""

import base64
import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
COSIGNATURE: Final = b"\x04"
OTHER: Final = b"\xff"  # followed by a longer name of the algorithm
MOST_LINES: Final = 64
_DASH: Final = "— "
_NAME: Final = re.compile(r"[^\s+\ud800-\udfff]+")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


class BadNote(ValueError):
    """The text is no signed note, no checkpoint, or was not signed as it should be; the message says which."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A line under a note. `blob`: what follows the four bytes of the key's id."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.blob).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    def written(self) -> str:
        return self.text + "\n" + "".join(one.line() for one in self.signatures)

    def signed_also(self, more: Iterable[Signature]) -> "Note":
        known = {(one.name, one.key_id) for one in self.signatures}
        fresh = tuple(one for one in more if (one.name, one.key_id) not in known)
        return Note(self.text, self.signatures + fresh)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries a log holds and the root hash (32 bytes) of the tree over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class Verifier(Protocol):
    """Knows one key of one name."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verifies(self, text: str, blob: bytes) -> bool: ...


class Signer(Protocol):
    def sign(self, text: str, at: int) -> Signature:
        """`at`: seconds since 1970, for keys whose signatures tell the time."""
        ...


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """`public`: 32 bytes. `kind`: ED25519 for the log's own line, COSIGNATURE for a witness."""

    name: str
    public: bytes
    kind: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    def verifies(self, text: str, blob: bytes) -> bool:
        message, signature = text.encode(), blob
        if self.kind == COSIGNATURE:
            if len(blob) != 72:
                return False
            message, signature = cosigned(text, cosigned_at(blob)), blob[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def vkey(self) -> str:
        """The key as others are told of it: name+id+key."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    name: str
    private: Ed25519PrivateKey
    kind: bytes = ED25519

    @property
    def verifier(self) -> Ed25519Verifier:
        return Ed25519Verifier(self.name, self.private.public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, at: int) -> Signature:
        if self.kind == COSIGNATURE:
            blob = at.to_bytes(8, "big") + self.private.sign(cosigned(text, at))
        else:
            blob = self.private.sign(text.encode())
        return Signature(self.name, self.verifier.key_id, blob)


def cosigned(text: str, at: int) -> bytes:
    """What a witness signs: c2sp.org/tlog-cosignature, version 1."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosigned_at(blob: bytes) -> int:
    """Seconds since 1970 that a witness's signature tells."""
    return int.from_bytes(blob[:8], "big")


def ed25519_verifier(vkey: str) -> Ed25519Verifier:
    """Raises BadNote for what is no key of Ed25519 in the form name+id+key."""
    name, _, rest = vkey.partition("+")
    identity, _, material = rest.partition("+")
    try:
        raw = base64.b64decode(material, validate=True)
    except ValueError as error:
        raise BadNote(f"'{vkey[:80]}' is no key: its last part is not base64.") from error
    kind, public = raw[:1], raw[1:]
    if not _NAME.fullmatch(name) or kind not in (ED25519, COSIGNATURE) or len(public) != 32:
        raise BadNote(f"'{vkey[:80]}' is no Ed25519 key in the form name+id+key.")
    found = Ed25519Verifier(name, public, kind)
    if found.key_id.hex() != identity:
        raise BadNote(f"'{vkey[:80]}' names the id {identity[:8]}, but its key has {found.key_id.hex()}.")
    return found


def parse_note(written: str) -> Note:
    """Raises BadNote. Nothing is verified yet."""
    if any((sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in written):
        raise BadNote("The note holds a control character, or is no text in UTF-8.")
    text, blank, lines = written.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or not text:
        raise BadNote("The note has no signatures after an empty line.")
    found = lines[:-1].split("\n")
    if len(found) > MOST_LINES:
        raise BadNote(f"The note has {len(found)} signatures; at most {MOST_LINES} are read.")
    return Note(text + "\n", tuple(_signature(line) for line in found))


def parse_signatures(written: str) -> list[Signature]:
    """Signature lines alone, as a witness answers them. Raises BadNote."""
    return [_signature(line) for line in written.splitlines()[:MOST_LINES]]


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise BadNote(f"'{line[:80]}' is no signature line.") from error
    canonical = (
        base64.b64encode(blob).decode() == encoded
    )  # the last letter has bits that decoding passes over
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(blob) < 5 or not canonical:
        raise BadNote(f"'{line[:80]}' is no signature line.")
    return Signature(name, blob[:4], blob[4:])


def verified_by(note: Note, known: Collection[Verifier]) -> list[Verifier]:
    """Those of the known keys that signed. Raises BadNote when a known key's line does not verify, or none signed."""
    keys = {(one.name, one.key_id): one for one in known}
    found = list[Verifier]()
    for signature in note.signatures:
        key = keys.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.verifies(note.text, signature.blob):
            raise BadNote(f"The signature of {signature.name} does not verify.")
        if key not in found:
            found.append(key)
    if not found:
        raise BadNote("No known key signed this note.")
    return found


def parse_checkpoint(text: str) -> Checkpoint:
    """The first three lines of a note's text; later ones are extensions. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise BadNote("The checkpoint needs three lines: origin, size and root hash.")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError as error:
        raise BadNote("The checkpoint's root hash is not base64.") from error
    if len(root) != 32:
        raise BadNote(f"The checkpoint's root hash has {len(root)} bytes instead of 32.")
    return Checkpoint(lines[0], int(lines[1]), root)


def signed(checkpoint: Checkpoint, signers: Sequence[Signer], at: int) -> Note:
    text = checkpoint.text()
    return Note(text, tuple(signer.sign(text, at) for signer in signers))
