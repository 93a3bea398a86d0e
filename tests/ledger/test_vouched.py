"""Timestamps and persons' signatures, checked with the log's files alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from gezhi.config.cli import main
from gezhi.ledger import notes
from gezhi.ledger.actions import record_many
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.actions.vouching import vouch
from gezhi.ledger.authority import Authority
from gezhi.ledger.entries import Draft
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.timestamps import trust_in
from gezhi.ledger.vouched import Signatures, Stamps, verify_signatures, verify_stamps
from gezhi.people.actions.keys import end_keys, signed
from gezhi.people.models import Account
from tests.ledger.outsiders import an_authority


@pytest.fixture
def authority(log: LogFolder, settings: Settings, tmp_path: Path) -> Iterator[Authority]:
    with an_authority(tmp_path / "authority") as (url, made):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_CERT = url, str(made.certificate)
        yield made


def act(count: int = 1) -> int:
    """So many acts of a person, under a checkpoint with a timestamp; the size of the log."""
    account = Account.objects.get(username="verifier").pk
    drafts = [
        Draft("case.close", "case:1", timezone.now(), {"account": account, "n": number})
        for number in range(count)
    ]
    with transaction.atomic():
        record_many(signed(drafts, [account] * count))
    now = timezone.now()
    made = publish_checkpoint(now, log_signers(now))
    assert made is not None
    vouch(timezone.now)
    return made.size


def known(log: LogFolder) -> list[notes.Verifier]:
    return verifiers_of(log.text("keys").split())


def stamps(log: LogFolder, authority: Authority) -> Stamps:
    return verify_stamps(log.path, known(log), trust_in(authority.certificate.read_bytes()))


def test_everything_that_lies_there_holds(log: LogFolder, authority: Authority) -> None:
    for _ in range(3):
        size = act(5)
    found = stamps(log, authority)
    assert (found.count, found.size, found.findings) == (3, size, [])
    assert found.newest is not None
    assert verify_signatures(log.path, size) == Signatures(count=15, keys=1, findings=[])


def test_signatures_are_found_over_many_bundles_and_processes(log: LogFolder, authority: Authority) -> None:
    size = act(600)
    assert verify_signatures(log.path, size, processes=1).count == 600


@pytest.mark.parametrize("kind", [".tsr", ".checkpoint"])
def test_no_changed_byte_of_a_timestamp_s_files_is_taken(
    log: LogFolder, authority: Authority, kind: str
) -> None:
    size = act()
    path = log.path / "timestamps" / f"{size}{kind}"
    true, before = path.read_bytes(), stamps(log, authority)
    for where in range(0, len(true), 7):
        path.write_bytes(true[:where] + bytes([true[where] ^ 1]) + true[where + 1 :])
        after = stamps(log, authority)
        assert after.findings or after.newest == before.newest, where
        assert kind == ".tsr" or after.findings, where


def test_a_timestamp_under_another_s_name_is_found(log: LogFolder, authority: Authority) -> None:
    """An older one is put in the place of the newest, to make late entries look early."""
    first, second = act(), act()
    folder = log.path / "timestamps"
    for kind in (".tsr", ".checkpoint"):
        (folder / f"{second}{kind}").write_bytes((folder / f"{first}{kind}").read_bytes())
    (finding,) = stamps(log, authority).findings
    assert "another tree" in str(finding)


def test_a_missing_reply_is_found(log: LogFolder, authority: Authority) -> None:
    size = act()
    (log.path / "timestamps" / f"{size}.tsr").unlink()
    assert stamps(log, authority).findings


def test_an_act_after_its_key_s_end_is_found(log: LogFolder, authority: Authority) -> None:
    account = Account.objects.get(username="verifier").pk
    late = signed([Draft("case.close", "case:1", timezone.now(), {"account": account})], [account])
    end_keys([account], "server", None, "left the office")
    with transaction.atomic():
        record_many(late)
    found = verify_signatures(log.path, act(0))
    (finding,) = found.findings
    assert "had ended" in str(finding)


def test_the_command_checks_files_alone(log: LogFolder, authority: Authority) -> None:
    size = act(2)
    words = ["ledger", "verify", "--files", str(log.path), "--timestamp-cert", str(authority.certificate)]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0, said.output
    assert "2 entries signed by persons, with 1 keys made known." in said.output
    assert f"covers {size} entries" in said.output
    (log.path / "timestamps" / f"{size}.tsr").write_bytes(b"x")
    assert CliRunner().invoke(main, words).exit_code == 1


def test_the_command_says_that_nobody_was_trusted(log: LogFolder, authority: Authority) -> None:
    act()
    said = CliRunner().invoke(main, ["ledger", "verify", "--files", str(log.path)])
    assert "1 timestamps, unchecked" in said.output


def test_the_command_tells_who_vouches(log: LogFolder, authority: Authority, settings: Settings) -> None:
    act()
    said = CliRunner().invoke(main, ["ledger", "vouch"]).output
    assert "timestamp: fresh, behind by 0 minutes" in said
    assert "witness: off" in said
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    act()
    assert "does not answer" in CliRunner().invoke(main, ["ledger", "vouch"]).output
    settings.WITNESSES = "nonsense"
    assert CliRunner().invoke(main, ["ledger", "vouch"]).exit_code == 1


def test_the_commands_of_a_witness(log: LogFolder) -> None:
    run = CliRunner().invoke
    vkey = run(main, ["ledger", "witness", "key"]).output.strip()
    assert run(main, ["ledger", "witness", "add", "nonsense"]).exit_code == 1
    assert "is witnessed" in run(main, ["ledger", "witness", "add", vkey]).output
    name = vkey.split("+")[0]
    assert run(main, ["ledger", "witness", "logs"]).output == f"{name}\t0\tnever\t0 faults\n"
    assert run(main, ["ledger", "witness", "remove", name]).exit_code == 0
    assert run(main, ["ledger", "witness", "remove", name]).exit_code == 1
