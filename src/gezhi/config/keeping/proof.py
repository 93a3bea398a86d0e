"""What must hold of a database and its folder, whoever made them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SHOWN: Final = 20
_PASSED: Final = 1_000_000
_SERIES: Final = "public.sensing_datastream_id_seq"  # numbers of 22 bits
_PASSED_SERIES: Final = 1_000
_SEQUENCES: Final = """
SELECT format('%I.%I', schemaname, sequencename), max_value FROM pg_sequences WHERE schemaname = 'public'
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """`rows`: by table. `missing` and `different`: the first of the files that rows name and that are not there, or
    are not what the row says. `ledger`: what does not fit in it, "" when all does. `newest`: of its entries, ISO."""

    rows: dict[str, int]
    entries: int
    broken: int
    ledger: str
    named: int
    missing: tuple[str, ...]
    different: tuple[str, ...]
    faults: int
    newest: str

    @property
    def whole(self) -> bool:
        return not (self.broken or self.faults or self.ledger)


def look_through() -> Proof:
    """Of the database and folder that the settings name."""
    from gezhi.ledger import queries as ledger
    from gezhi.ledger.models import Entry

    missing, different, named = list[str](), list[str](), 0
    for path, sha256 in named_files():
        named += 1
        if not path.exists():
            missing.append(path.name)
        elif sha256 and _digest(path) != sha256:
            different.append(path.name)
    verdict = ledger.verify()
    unfit = "; ".join(str(finding) for finding in verdict.findings[:5])
    newest = Entry.objects.order_by("-id").values_list("at", flat=True).first()
    return Proof(
        _rows(), verdict.entries, len(verdict.broken), unfit, named, tuple(missing[:_SHOWN]),
        tuple(different[:_SHOWN]), len(missing) + len(different), newest.isoformat() if newest else "",
    )  # fmt: skip


def settle_ledger() -> None:
    """After a restoring the ledger's files may tell of entries that the database lost: they are taken in, so that
    the log stays one history, and the rest gets its places."""
    from django.utils import timezone

    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint

    now = timezone.now()
    while publish_checkpoint(now, log_signers(now)) is not None:
        pass


def erase_again() -> int:
    """An older database holds people who were erased since; the files beside it say whom. Returns how many."""
    from gezhi.rights.actions import replay

    return replay()


def pass_by_lost_numbers() -> None:
    """Numbers that were given between the restored moment and the disaster are never given again: a case's number
    that somebody was told, the key under which a gateway knows a message."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        for name, largest in cursor.fetchall():
            cursor.execute(
                "SELECT setval(%s::regclass, least(coalesce(pg_sequence_last_value(%s::regclass), 0) + %s, %s))",
                [name, name, _PASSED_SERIES if name == _SERIES else _PASSED, largest],
            )


def named_files() -> Iterator[tuple[Path, str]]:
    """Every file that a row names, with the SHA-256 that the row says ("": it says none)."""
    from gezhi.cases.models import Evidence, ImportRun, IssuedDocument
    from gezhi.cases.papers import paper_path
    from gezhi.cases.photos import photo_path
    from gezhi.exchange.files.queries import upload_folder
    from gezhi.sensing.models import ArchivedDay
    from gezhi.sensing.queries.archived import path_of

    for key, sha256 in Evidence.objects.order_by("id").values_list("key", "sha256").iterator():
        yield photo_path(str(key)), sha256
        yield photo_path(str(key)).with_suffix(".json"), ""
    made = IssuedDocument.objects.exclude(sha256="").exclude(facts__parts=[]).order_by("id")  # []: erased
    for code, sha256 in made.values_list("code", "sha256").iterator():
        yield paper_path(code), sha256
    waiting = ImportRun.objects.filter(state__in=("checked", "running")).values_list("key", flat=True)
    for key in waiting:
        yield upload_folder() / str(key), ""
    for day in ArchivedDay.objects.order_by("day").only("day", "file", "sha256").iterator():
        yield path_of(day), day.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rows() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        cursor.execute(" UNION ALL ".join(f"SELECT '{one}', count(*) FROM \"{one}\"" for one in tables))  # noqa: S608
        return {name: count for name, count in cursor.fetchall() if count}
