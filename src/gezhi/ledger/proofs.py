"""The file that proves one entry, away from its log: c2sp.org/tlog-proof."""

import base64
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from gezhi.ledger import notes
from gezhi.ledger.tree import HASH, is_included

HEAD: Final = "c2sp.org/tlog-proof@v1"
MOST_HASHES: Final = 63
LARGEST: Final = 256 * 1024  # bytes of a proof that is read
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,17})")
_EXTRA: Final = "extra "


class BadProof(ValueError):
    """The text is no proof, or proves nothing of this entry; the message says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`note`: a signed checkpoint, word for word. `extra`: for whoever made the proof; nothing vouches for it."""

    index: int
    hashes: Sequence[bytes]
    note: str
    extra: bytes = b""

    def written(self) -> str:
        extra = [_EXTRA + _base64(self.extra)] if self.extra else []
        lines = [HEAD, *extra, f"index {self.index}", *map(_base64, self.hashes), ""]
        return "\n".join(lines) + "\n" + self.note


def parse_proof(text: str) -> Proof:
    """Raises BadProof. Nothing is checked yet."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != HEAD or not blank:
        raise BadProof(f"It does not begin with {HEAD} and go on with an empty line and a checkpoint.")
    extra = _bytes(lines.pop(0).removeprefix(_EXTRA)) if lines and lines[0].startswith(_EXTRA) else b""
    found = _INDEX.fullmatch(lines[0]) if lines else None
    if found is None:
        raise BadProof("It names no index.")
    hashes = [_bytes(line) for line in lines[1:]]
    if len(hashes) > MOST_HASHES or any(len(one) != HASH for one in hashes):
        raise BadProof(f"Its hashes are not up to {MOST_HASHES} of {HASH} bytes.")
    return Proof(int(found[1]), hashes, note, extra)


def check_proof(proof: Proof, leaf: bytes, known: Collection[notes.Verifier]) -> notes.Checkpoint:
    """The checkpoint under which the entry with this leaf hash stands. Raises BadProof."""
    try:
        note = notes.parse_note(proof.note)
        notes.verified_by(note, known)
        head = notes.parse_checkpoint(note.text)
    except notes.BadNote as error:
        raise BadProof(f"Its checkpoint: {error}") from error
    if not is_included(leaf, proof.index, head.size, head.root, proof.hashes):
        raise BadProof(f"It does not lead from this entry to the root over {head.size} entries.")
    return head


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise BadProof(f"'{text[:60]}' is not base64.") from error
