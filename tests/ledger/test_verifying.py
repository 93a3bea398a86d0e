"""What `gezhi ledger verify`, `check` and `prove` say, and that a finding names what was changed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gezhi.config.cli import main
from gezhi.ledger import notes
from gezhi.ledger.actions import record
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.tiles import bodies_in, bundle_of
from gezhi.ledger.verifying import verify_files
from tests.ledger import tampering
from tests.ledger.test_publishing import NOW
from tests.ledger.walls import past_every_wall


@pytest.fixture
def filled(log: LogFolder) -> LogFolder:
    return tampering.fill()


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["ledger", *map(str, words)])


def key_of(log: LogFolder) -> str:
    return next(one for one in log.text("keys").split() if "+A" in one)


def findings(log: LogFolder) -> list[str]:
    return [str(one) for one in verify_files(log.path, verifiers_of(log.text("keys").split())).findings]


def spoil_body(log: LogFolder, place: int) -> None:
    path = log.path / f"tile/entries/{place // 256:03}"
    bodies = bodies_in(path.read_bytes())
    bodies[place % 256] = bodies[place % 256].replace(b"case.step", b"case.stop")
    path.write_bytes(bundle_of(bodies))


def test_files_alone_are_checked_with_a_key(filled: LogFolder) -> None:
    done = run("verify", "--files", filled.path, "--key", key_of(filled))
    assert done.exit_code == 0, done.output
    assert "signed by gezhi/330200000000" in done.output
    assert "Everything fits." in done.output
    assert "give yours" not in done.output


def test_without_a_key_it_is_said_what_that_is_worth(filled: LogFolder) -> None:
    done = run("verify", "--files", filled.path)
    assert done.exit_code == 0
    assert "Checked with the keys that lie in the folder itself; give yours with --key." in done.output


def test_another_key_does_not_vouch(filled: LogFolder) -> None:
    stranger = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    done = run("verify", "--files", filled.path, "--key", stranger)
    assert done.exit_code == 1
    assert "checkpoint: No known key signed this note." in done.output
    assert "is no Ed25519 key" in run("verify", "--files", filled.path, "--key", "a+b+").output


def test_a_changed_body_is_named_by_its_place(filled: LogFolder) -> None:
    spoil_body(filled, 300)
    assert findings(filled) == ["entry 300: its body is not the one that the tile says"]
    done = run("verify", "--files", filled.path)
    assert (done.exit_code, done.output.splitlines()[-1]) == (1, "1 findings.")


def test_a_changed_tile_is_named_and_its_bodies_are_not_blamed_alone(filled: LogFolder) -> None:
    path = filled.path / "tile/0/001"
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    assert findings(filled) == [
        "tile/0/001: it was changed: the tile above it says otherwise",
        "entry 256: its body is not the one that its tile, changed, says",
    ]


def test_a_missing_file_is_named(filled: LogFolder) -> None:
    (filled.path / "tile/entries/001").unlink()
    assert findings(filled) == ["tile/entries/001: it is missing"]


def test_a_head_without_its_files_is_not_read_for_ever(filled: LogFolder) -> None:
    text = filled.text("checkpoint")
    size = notes.parse_checkpoint(notes.parse_note(text).text).size
    (filled.path / "checkpoint").write_text(text.replace(f"\n{size}\n", "\n99999999999999999\n"))
    assert (
        "checkpoint: the files do not reach to the 99999999999999999 entries that it stands over"
        in findings(filled)
    )


def test_bytes_that_are_no_text_are_no_checkpoint(filled: LogFolder) -> None:
    (filled.path / "checkpoint").write_bytes(b"\xff\xfe\n\n")
    assert len(findings(filled)) == 1


def test_a_log_that_was_cut_back_does_not_go_on_from_what_somebody_kept(
    filled: LogFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(filled.text("checkpoint"))
    assert run("verify", "--files", filled.path, "--earlier", kept).exit_code == 0
    (filled.path / "checkpoint").write_text(Checkpoint.objects.order_by("size")[2].note)
    done = run("verify", "--files", filled.path, "--earlier", kept)
    assert done.exit_code == 1
    assert "it stands over fewer entries than the earlier one" in done.output


def test_several_processes_find_the_same(filled: LogFolder) -> None:
    known = verifiers_of(filled.text("keys").split())
    assert verify_files(filled.path, known, processes=2).findings == []
    spoil_body(filled, 17)
    alone, together = (verify_files(filled.path, known, processes=count).findings for count in (1, 2))
    assert alone == together
    assert len(alone) == 1


def test_the_database_is_held_against_the_tree(filled: LogFolder) -> None:
    done = run("verify")
    assert done.exit_code == 0, done.output
    assert "0 do not match their hash" in done.output
    entry = Entry.objects.get(tree_index=20)
    with past_every_wall():
        Entry.objects.filter(pk=entry.pk).delete()
    done = run("verify")
    assert done.exit_code == 1
    assert "place 20: the database has no row for it" in done.output


def test_a_running_node_is_no_finding(filled: LogFolder) -> None:
    """The files have gone on, and the reader still holds the head of a minute ago."""
    before = filled.text("checkpoint")
    for number in range(300):
        record("test.entry", "test:1", {"n": number})
    publish_checkpoint(NOW, log_signers(NOW))
    (filled.path / "checkpoint").write_text(before)
    assert findings(filled) == []


def test_one_entry_is_proven_away_from_its_log(filled: LogFolder, tmp_path: Path) -> None:
    entry = Entry.objects.get(tree_index=42)
    proof, body = tmp_path / "42.tlog-proof", tmp_path / "42.json"
    proof.write_text(run("prove", 42).output)
    body.write_bytes(bytes(entry.body))
    done = run("check", proof, body, "--key", key_of(filled))
    assert (done.exit_code, done.output.startswith("Proven: entry 42 of ")) == (0, True), done.output
    body.write_bytes(bytes(entry.body) + b" ")
    done = run("check", proof, body, "--key", key_of(filled))
    assert done.exit_code == 1
    assert "Not proven. It does not lead from this entry to the root" in done.output
    assert "Say whose signature counts" in run("check", proof, body).output
    assert "No checkpoint stands over entry 99999 yet" in run("prove", 99999).output


def test_keys_are_listed_and_rotated_by_command(filled: LogFolder) -> None:
    new = run("rotate-key", "--days", 7).output.strip()
    listed = run("keys").output
    assert new in listed
    assert run("publish").exit_code == 0
    assert new in filled.text("keys")
    assert run("rewrite").output.startswith("The files hold ")
    assert run("adopt").output.startswith("0 entries taken in")
