"""The database held against the tree: rows, places, checkpoints, and the files below /ledger/."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gezhi.ledger import notes
from gezhi.ledger.entries import MOST_BYTES, leaf_hash
from gezhi.ledger.folder import CHECKPOINT, LogFolder, MissingTile
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.queries.log import listed_keys, log_folder, numbered, origin
from gezhi.ledger.tiles import WIDTH, Edge, width_in
from gezhi.ledger.tree import HASH
from gezhi.ledger.verifying import Finding, verify_files

ROWS: Final = 40 * WIDTH  # read at once
_COLUMNS: Final = ("id", "tree_index", "kind", "subject", "at", "body", "leaf_hash")


@dataclass
class Verdict:
    """`entries`: rows read; `size`: how many stand under the newest checkpoint; `broken`: ids of rows whose body is
    not what was recorded (also among the findings)."""

    entries: int = 0
    size: int = 0
    broken: tuple[int, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    def find(self, where: str, what: str) -> None:
        self.findings.append(Finding(where, what))


def verify(*, files: bool = True) -> Verdict:
    """Reads every entry once. `files`: also the files by themselves (verifying.verify_files)."""
    verdict, folder = Verdict(), log_folder()
    heads = list(Checkpoint.objects.order_by("size"))
    verdict.size = heads[-1].size if heads else 0
    keys = verifiers_of(one.vkey for one in listed_keys())
    for head in heads:
        _check_note(head, keys, verdict)
    _check_places(heads, folder, verdict)
    waiting = Entry.objects.filter(tree_index=None).order_by("id").values_list(*_COLUMNS)
    for row in waiting.iterator(chunk_size=5000):
        _check_row(_Row(*row), verdict)
    if heads:
        _check_put_out(folder, verdict)
        if files:
            verdict.findings += verify_files(folder.path, keys).findings
    return verdict


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    index: int | None
    kind: str
    subject: str
    at: datetime
    body: bytes
    leaf: bytes


def _check_row(row: _Row, verdict: Verdict) -> bytes:
    """Its leaf hash, as its body gives it."""
    verdict.entries += 1
    leaf = leaf_hash(row.body)
    if leaf != row.leaf:
        verdict.broken += (row.pk,)
        verdict.find(f"entry {row.pk}", "its body is not what was recorded")
    elif not _tells_itself(row):
        verdict.find(f"entry {row.pk}", "kind, subject or time of its row are not those of its body")
    if len(row.body) > MOST_BYTES:
        verdict.find(f"entry {row.pk}", f"its {len(row.body)} bytes are too many to stand in the tree")
    return leaf


def _tells_itself(row: _Row) -> bool:
    try:
        told = json.loads(row.body)
        at = datetime.fromisoformat(told["at"])
        return bool((told["kind"], told["subject"], at) == (row.kind, row.subject, row.at))
    except (ValueError, KeyError, TypeError):
        return False


def _check_note(head: Checkpoint, keys: Iterable[notes.Verifier], verdict: Verdict) -> None:
    where = f"checkpoint {head.size}"
    try:
        note = notes.parse_note(head.note)
        told = notes.parse_checkpoint(note.text)
        notes.verified_by(note, list(keys))
    except notes.BadNote as error:
        verdict.find(where, str(error))
        return
    if told != notes.Checkpoint(origin(), head.size, bytes(head.root)):
        verdict.find(where, "its row is not what its note says")


def _check_put_out(folder: LogFolder, verdict: Verdict) -> None:
    """What lies there is a checkpoint of ours; after a death it may for a minute be the one before the newest."""
    try:
        told = notes.parse_checkpoint(notes.parse_note(folder.text(CHECKPOINT)).text)
    except notes.BadNote as error:
        verdict.find(CHECKPOINT, str(error))
        return
    if not Checkpoint.objects.filter(size=told.size, root=told.root).exists():
        verdict.find(CHECKPOINT, f"the database knows no such one over {told.size} entries")


def _check_places(heads: list[Checkpoint], folder: LogFolder, verdict: Verdict) -> None:
    """The tree over the rows, held against each checkpoint and against the lowest tiles."""
    edge, size, at = Edge(0), numbered(), 0
    for begin in range(0, size, ROWS):
        leaves = b"".join(_leaves(begin, min(begin + ROWS, size), folder, verdict))
        for head in heads[at:]:
            if head.size > begin + len(leaves) // HASH:
                break
            _advance(edge, leaves, begin, head.size)
            if edge.root() != bytes(head.root):
                verdict.find(f"checkpoint {head.size}", "the rows of the database lead to another root")
            at += 1
        _advance(edge, leaves, begin, begin + len(leaves) // HASH)
    for head in heads[at:]:
        verdict.find(f"checkpoint {head.size}", f"the database has only {size} entries with a place")


def _advance(edge: Edge, leaves: bytes, begin: int, to: int) -> None:
    for _ in edge.add(leaves[(edge.size - begin) * HASH : (to - begin) * HASH]):
        pass


def _leaves(begin: int, end: int, folder: LogFolder, verdict: Verdict) -> Iterator[bytes]:
    """The leaf hashes of the rows in the order of their places; of one that is missing what its tile says."""
    found = Entry.objects.filter(tree_index__gte=begin, tree_index__lt=end).values_list(*_COLUMNS)
    rows = {row[1]: _Row(*row) for row in found}
    tiles = _tiles(begin, end, folder, verdict.size)
    for index in range(begin, end):
        told, row = tiles[(index - begin) * HASH : (index - begin + 1) * HASH], rows.get(index)
        if row is None:
            verdict.find(f"place {index}", "the database has no row for it")
            yield told or bytes(HASH)
            continue
        leaf = _check_row(row, verdict)
        if told and told != leaf:
            verdict.find(f"entry {row.pk}", f"it is not the one that stands at place {index} of the tree")
        yield leaf


def _tiles(begin: int, end: int, folder: LogFolder, size: int) -> bytes:
    """The lowest tiles' hashes, as far as they are published and there."""
    found = b""
    for number in range(begin // WIDTH, -(-min(end, size) // WIDTH)):
        try:
            found += folder.tile(0, number, width_in(0, number, size))
        except MissingTile:
            break
    return found
