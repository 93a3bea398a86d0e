"""Proofs from the files of the log, and the entries that they are about."""

from collections.abc import Sequence

from gezhi.ledger.folder import MissingTile
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.proofs import Proof
from gezhi.ledger.queries.log import log_folder, newest_checkpoint


class NotYet(LookupError):
    """No checkpoint stands over what is asked for, or its files are lost; the message says which."""


def proof_of(index: int, head: Checkpoint | None = None) -> Proof:
    """Of the entry at a place, under a checkpoint (None: the newest). Raises NotYet."""
    head = _over(index, head)
    try:
        return Proof(index, log_folder().inclusion(index, head.size), head.note)
    except MissingTile as error:
        raise NotYet(f"The file {error} of the log is lost: gezhi ledger rewrite.") from error


def proofs_of(indexes: Sequence[int]) -> tuple[Checkpoint | None, list[Proof]]:
    """Of several under the newest checkpoint; those after it are left out."""
    head = newest_checkpoint()
    return head, [proof_of(index, head) for index in indexes if head is not None and index < head.size]


def consistency(old: int, new: int) -> list[bytes]:
    """Raises NotYet, and ValueError where `new` does not follow `old`."""
    head = newest_checkpoint()
    if head is None or new > head.size:
        raise NotYet(f"The log holds {head.size if head else 0} entries, not {new}.")
    try:
        return log_folder().consistency(old, new)
    except MissingTile as error:
        raise NotYet(f"The file {error} of the log is lost: gezhi ledger rewrite.") from error


def entries_about(subject: str) -> list[Entry]:
    """All of a subject, oldest first."""
    return list(Entry.objects.filter(subject=subject).order_by("id"))


def _over(index: int, head: Checkpoint | None) -> Checkpoint:
    found = head or newest_checkpoint()
    if found is None or index >= found.size:
        raise NotYet(
            f"No checkpoint stands over entry {index} yet; {found.size if found else 0} are published. "
            "The next follows within a minute."
        )
    return found
