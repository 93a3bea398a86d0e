"""Asking outsiders to vouch for the newest checkpoint: an authority for a timestamp, witnesses for their signature.

The asking takes seconds and no transaction; what comes back is checked before anything of it is kept.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.conf import settings

from gezhi.ledger import notes
from gezhi.ledger.actions.publishing import add_signatures
from gezhi.ledger.folder import MissingTile
from gezhi.ledger.freshness import AUTHORITY, TIMESTAMP, WITNESS
from gezhi.ledger.models import Checkpoint, Outsider, Timestamp
from gezhi.ledger.outward import Unreachable, post
from gezhi.ledger.queries import log_folder, newest_checkpoint
from gezhi.ledger.queries.outsiders import authority, witnesses
from gezhi.ledger.timestamps import QUERY_TYPE, BadStamp, checked, query
from gezhi.ledger.vouched import NOTE, REPLY, STAMPS
from gezhi.ledger.witnessing import Contradicted, Submission, Witness, cosignatures_in, size_in
from gezhi.lib.durable import write_whole

TEXT: Final = "text/plain; charset=utf-8"
_PROBLEMS: Final = (Unreachable, BadStamp, notes.BadNote, MissingTile)
log = logging.getLogger(__name__)


def vouch(clock: Callable[[], datetime]) -> None:
    """Ask everybody who has not vouched for the newest checkpoint yet. What fails is noted and tried again."""
    checkpoint = newest_checkpoint()
    if checkpoint is None:
        return
    if settings.TIMESTAMP_URL:
        _try(TIMESTAMP, AUTHORITY, checkpoint, clock, stamp)
    for witness in witnesses():
        _try(WITNESS, witness.name, checkpoint, clock, _asking(witness))


Vouched = tuple[int, datetime]  # of which checkpoint, when by the outsider's clock
Ask = Callable[[Checkpoint, Callable[[], datetime]], Vouched]


def _try(kind: str, name: str, checkpoint: Checkpoint, clock: Callable[[], datetime], ask: Ask) -> None:
    now = clock()
    outsider, _ = Outsider.objects.get_or_create(
        kind=kind, name=name, defaults={"since": now, "tried_at": now}
    )
    if outsider.vouched_at is not None and outsider.size >= checkpoint.size:
        return
    try:
        size, at = ask(checkpoint, clock)
    except _PROBLEMS as error:
        log.warning("%s %s: %s", kind, name, error)
        against = isinstance(error, Contradicted)
        told = {"tried_at": now, "problem": str(error)[:500], "contradicts": against or outsider.contradicts}
        Outsider.objects.filter(pk=outsider.pk).update(**told)
        return
    told = {"tried_at": now, "vouched_at": at, "size": size, "problem": "", "contradicts": False}
    Outsider.objects.filter(pk=outsider.pk).update(**told)


def stamp(checkpoint: Checkpoint, clock: Callable[[], datetime]) -> Vouched:
    """A timestamp of the signed note as it stands, kept in the database and as files. Raises BadStamp, Unreachable."""
    found = authority()
    if found is None:
        raise BadStamp("No timestamp authority is configured: see GEZHI_TIMESTAMP_URL.")
    url, trust = found
    note = checkpoint.note
    asked = query(note.encode(), trust)
    answer = post(url, asked.body, QUERY_TYPE)
    if answer.status != 200:
        raise BadStamp(f"The authority answers {answer.status}.")
    said = checked(answer.body, note.encode(), trust, asked.nonce)
    _keep(checkpoint.size, note, answer.body)
    Timestamp.objects.get_or_create(
        size=checkpoint.size,
        defaults={"note": note, "reply": answer.body, "at": said.at, "got_at": clock(), "by": said.by[:300]},
    )
    return checkpoint.size, said.at


def _keep(size: int, note: str, reply: bytes) -> None:
    """The files first: a row says that they are there."""
    folder = log_folder().path / STAMPS
    write_whole(folder / f"{size}{NOTE}", note.encode())
    write_whole(folder / f"{size}{REPLY}", reply)


def _asking(witness: Witness) -> Ask:
    def ask(checkpoint: Checkpoint, clock: Callable[[], datetime]) -> Vouched:
        known = Outsider.objects.get(kind=WITNESS, name=witness.name).size
        return cosigned_by(witness, checkpoint, known)

    return ask


def cosigned_by(witness: Witness, checkpoint: Checkpoint, known: int) -> Vouched:
    """The checkpoint bears the witness's line. `known`: the size that it cosigned last, as far as we know.
    Raises BadNote, Unreachable, MissingTile."""
    note = notes.parse_note(checkpoint.note)
    for _ in range(2):  # again when it says that it knows another size
        proof = log_folder().consistency(known, checkpoint.size) if known else []
        submission = Submission(known, proof, note)
        answer = post(f"{witness.url}/add-checkpoint", submission.written(), TEXT)
        told = size_in(answer.body) if answer.status == 409 else None
        if told is None or told == known:
            break
        if told > checkpoint.size:
            raise Contradicted(
                f"{witness.name} has cosigned {told} entries of this log, which has only {checkpoint.size}: "
                "entries were lost, or an old copy of the node runs."
            )
        known = told
    if answer.status != 200:
        said = answer.body.decode("utf-8", "replace").strip()[:200]
        kind = Contradicted if answer.status == 422 else notes.BadNote
        raise kind(f"{witness.name} answers {answer.status}: {said}")
    lines = cosignatures_in(answer.body, note, witness.key)
    add_signatures(checkpoint.size, lines)
    return checkpoint.size, datetime.fromtimestamp(notes.cosigned_at(lines[0].blob), UTC)
