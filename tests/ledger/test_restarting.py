"""Whatever is lost or comes back older, the log stays one history, and says so when it cannot."""

import shutil
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, transaction
from pytest_django import Settings

from gezhi.ledger.actions import record
from gezhi.ledger.actions.adopting import Adopted, adopt
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint, rewrite_files
from gezhi.ledger.actions.sequencing import LedgerBroken
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.models import Checkpoint, Entry, LogKey
from gezhi.ledger.notes import parse_checkpoint, parse_note
from gezhi.ledger.tree import is_consistent
from tests.ledger.test_publishing import NOW
from tests.ledger.walls import past_every_wall
from tests.owner import owning


def published(count: int = 0) -> Checkpoint | None:
    for number in range(count):
        record("test.entry", f"test:{number}", {"n": number})
    return publish_checkpoint(NOW, log_signers(NOW))


def contents(log: LogFolder) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in sorted(log.path.rglob("*")) if one.is_file()}


def test_places_that_were_given_before_a_death_stand(log: LogFolder) -> None:
    """Died after the places were decided: the next one writes the very files that were due."""
    published(300)
    record("test.entry", "test:late", {})
    late = Entry.objects.latest("id")
    Entry.objects.filter(pk=late.pk).update(tree_index=Entry.objects.count() - 1)
    made = published(1)
    assert made is not None
    assert made.size == Entry.objects.count()
    assert log.root(made.size) == bytes(made.root)


def test_tiles_that_were_written_before_a_death_are_the_same_again(log: LogFolder) -> None:
    """Died after the tiles, before the row of the checkpoint."""
    published(300)
    made = published(300)
    assert made is not None
    before, checkpoint = contents(log), str(log.path / "checkpoint")
    with past_every_wall():
        Checkpoint.objects.filter(pk=made.pk).delete()
    (log.path / "checkpoint").write_text(Checkpoint.objects.latest("size").note)
    again = published()
    assert again is not None
    assert (
        parse_note(again.note).text == parse_note(made.note).text
    )  # a signature of SM2 is another each time
    assert contents(log) | {checkpoint: b""} == before | {checkpoint: b""}


def test_a_checkpoint_that_was_not_put_out_is_put_out_at_the_next_look(log: LogFolder) -> None:
    """Died between the row and its file."""
    first, second = published(1), published(1)
    assert first is not None
    assert second is not None
    (log.path / "checkpoint").write_text(first.note)
    assert published() is None
    assert log.text("checkpoint") == second.note


def test_lost_files_are_written_again_from_the_rows(log: LogFolder) -> None:
    published(300)
    before = contents(log)
    shutil.rmtree(log.path)
    assert published(0) is None
    assert contents(log) == before


def test_files_that_were_changed_stop_the_log(log: LogFolder) -> None:
    published(300)
    tile = log.path / "tile/1/000.p/1"
    tile.write_bytes(bytes(32))
    record("test.entry", "test:1", {})
    with pytest.raises(LedgerBroken, match="do not lead to the root"):
        published()


def test_changed_files_are_written_again_from_rows_that_fit(log: LogFolder) -> None:
    published(300)
    before = contents(log)
    (log.path / "tile/1/000.p/1").write_bytes(bytes(32))
    (log.path / "tile/entries/000").unlink()
    assert rewrite_files() == Entry.objects.count()
    assert contents(log) == before


def test_changed_rows_never_take_the_place_of_files(log: LogFolder) -> None:
    published(300)
    (log.path / "tile/1/000.p/1").unlink()
    before = contents(log)
    with past_every_wall():
        Entry.objects.filter(tree_index=3).update(body=b"{}")
    with pytest.raises(LedgerBroken, match="rows do not lead"):
        published(1)
    assert contents(log) == before


def test_rows_that_were_taken_away_stop_the_log(log: LogFolder) -> None:
    published(5)
    with past_every_wall():
        Entry.objects.order_by("-tree_index")[0].delete()
    with pytest.raises(LedgerBroken, match="has only"):
        published(1)


def test_another_name_stops_the_log(log: LogFolder, settings: Settings) -> None:
    published(1)
    settings.LEDGER_ORIGIN = "another/log"
    with pytest.raises(LedgerBroken, match="Set it back"):
        published(1)


def _older(to: Checkpoint) -> None:
    """The database as it was when `to` was the newest: later entries are gone, some had no place yet."""
    with past_every_wall():
        Checkpoint.objects.filter(size__gt=to.size).delete()
        later = Entry.objects.filter(tree_index__gte=to.size)
        later.filter(subject="test:0").update(tree_index=None)
        later.exclude(subject="test:0").delete()


def test_what_an_older_database_lost_is_taken_in_again(log: LogFolder) -> None:
    """The acts are gone, that they were done is not; and the log goes on from where it was."""
    first, second = published(3), published(300)
    assert first is not None
    assert second is not None
    count = Entry.objects.count()
    _older(first)
    third = published(1)
    assert third is not None
    assert Entry.objects.count() == count + 2  # the new one, and the one that tells of the taking in
    assert Entry.objects.filter(kind="ledger.adopted").count() == 1
    told = Entry.objects.get(kind="ledger.adopted")
    assert b'"lost":299' in bytes(told.body)
    proof = log.consistency(second.size, third.size)
    assert is_consistent(second.size, bytes(second.root), third.size, bytes(third.root), proof)


def test_a_new_database_takes_in_a_log_only_when_told(log: LogFolder) -> None:
    made = published(20)
    assert made is not None
    with past_every_wall():
        Checkpoint.objects.all().delete()
        Entry.objects.all().delete()
        LogKey.objects.all().delete()
    with pytest.raises(LedgerBroken, match="gezhi ledger adopt"):
        published(1)
    waiting = Entry.objects.count()
    assert adopt(NOW) == Adopted(made.size, made.size)
    assert Entry.objects.filter(tree_index__lt=made.size).count() == made.size
    after = published()
    assert after is not None
    assert after.size == made.size + waiting + 1
    assert LogKey.objects.filter(vkey__in=log.text("keys").split()).exists()


def test_a_strangers_log_is_not_taken_in(log: LogFolder) -> None:
    made = published(2)
    assert made is not None
    LogKey.objects.all().delete()
    shutil.rmtree(settings.DATA_DIR / "ledger-keys")
    with past_every_wall():
        Checkpoint.objects.all().delete()
    with pytest.raises(LedgerBroken, match="not this node's"):
        adopt(NOW)


def test_the_database_itself_refuses_to_change_what_has_a_place(log: LogFolder) -> None:
    made = published(3)
    assert made is not None
    placed, head = Entry.objects.filter(tree_index=1), Checkpoint.objects.filter(pk=made.pk)
    acts: list[Callable[[], object]] = [
        placed.delete,
        lambda: placed.update(body=b"{}"),
        lambda: placed.update(tree_index=None),
        head.delete,
        lambda: head.update(root=bytes(32)),
        lambda: head.update(note="another"),
    ]
    for act in acts:
        with owning(), pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            act()  # even the owner; the role of the node is not asked at all
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        placed.delete()
    assert head.update(note=made.note + "— another line\n") == 1


def test_the_size_put_out_is_that_of_the_checkpoint(log: LogFolder) -> None:
    made = published(2)
    assert made is not None
    assert parse_checkpoint(parse_note(log.text("checkpoint")).text).size == made.size
