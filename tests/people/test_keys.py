"""Signing keys of persons: made at the first act, locked under the server's key, ended, replaced by own ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from gezhi.config.cli import main
from gezhi.ledger import sm2
from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft, body_of
from gezhi.ledger.models import Entry
from gezhi.ledger.signing import MARK, SIGNED, SignatureBook, Signed, key_id, to_sign
from gezhi.people.actions.keys import (
    OwnKeyNeeded,
    WrongKey,
    end_keys,
    register_own_key,
    rotate_lock,
    signed,
    the_lock,
    with_own_signature,
)
from gezhi.people.keys import OWN, SERVER, CannotUnlock, Lock, proof_of
from gezhi.people.models import SigningKey
from tests.cast import Cast

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
CARD = Ed25519PrivateKey.generate()
PUBLIC = CARD.public_key().public_bytes_raw()


@pytest.fixture
def officers(city: Cast, settings: Settings, tmp_path: Path) -> tuple[int, int]:
    settings.DATA_DIR = tmp_path
    return city.account("verifier").pk, city.account("leader").pk


def draft(account: int, step: str = "close") -> Draft:
    return Draft("case.close", "case:1", NOON, {"account": account, "step": step})


def act(*accounts: int) -> list[Draft]:
    with transaction.atomic():
        made = signed([draft(account) for account in accounts], accounts)
        record_many(made)
    return made


def signatures() -> int:
    """How many entries of the whole ledger are signed; all of them hold."""
    bodies = [bytes(body) for body in Entry.objects.order_by("id").values_list("body", flat=True)]
    book = SignatureBook()
    for read in (book.learn, book.check):
        assert not [said for index, body in enumerate(bodies) if (said := read(index, body))]
    return sum(MARK in body for body in bodies)


def proof(account: int, settings: Settings) -> bytes:
    return CARD.sign(proof_of(settings.LEDGER_ORIGIN, account))


def test_who_acts_first_gets_a_key_and_keeps_it(officers: tuple[int, int]) -> None:
    verifier, leader = officers
    act(verifier, leader)
    act(verifier)
    assert SigningKey.objects.filter(account_id__in=officers).count() == 2
    assert Entry.objects.filter(kind="people.signing-key").count() == 2
    assert signatures() == 3


def test_each_is_signed_with_the_own_key(officers: tuple[int, int]) -> None:
    one, other = act(*officers)
    facts = [made.facts[SIGNED] for made in (one, other)]
    assert isinstance(facts[0], dict) and isinstance(facts[1], dict)
    assert facts[0]["key"] != facts[1]["key"]


def test_what_nobody_did_is_not_signed(officers: tuple[int, int]) -> None:
    assert signed([draft(1)], [None]) == [draft(1)]
    assert not SigningKey.objects.exists()


def test_a_copy_of_the_database_alone_signs_nothing(officers: tuple[int, int], tmp_path: Path) -> None:
    act(officers[0])
    row = SigningKey.objects.get(account_id=officers[0])
    with pytest.raises(CannotUnlock, match="cannot be read"):
        Lock(tmp_path / "elsewhere").unlocked(row.locked, b"account:1\n")
    raw = the_lock().unlocked(row.locked, f"account:{officers[0]}\n".encode() + bytes(row.public))
    assert raw.private_bytes_raw().hex() not in row.locked


def test_a_key_unlocks_for_its_own_person_alone(officers: tuple[int, int]) -> None:
    """Whoever moves the locked half into another's row signs nothing with it."""
    act(*officers)
    mine, other = SigningKey.objects.order_by("account_id")
    with pytest.raises(CannotUnlock, match="does not unlock"):
        the_lock().unlocked(mine.locked, f"account:{other.account_id}\n".encode() + bytes(other.public))


def test_the_server_s_key_is_its_owner_s_alone(officers: tuple[int, int]) -> None:
    act(officers[0])
    folder = the_lock().folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_without_the_server_s_key_nothing_is_signed_and_the_remedy_is_named(
    officers: tuple[int, int],
) -> None:
    act(officers[0])
    for path in the_lock().folder.iterdir():
        path.unlink()
    with pytest.raises(CannotUnlock, match="gezhi people signing-keys renew --all"):
        act(officers[0])
    assert end_keys(None, SERVER, None, "the server's key was lost") == 1
    act(officers[0])
    assert signatures() == 2


def test_another_lock_takes_over_and_signatures_go_on(officers: tuple[int, int]) -> None:
    act(*officers)
    before = set(SigningKey.objects.values_list("locked", flat=True))
    assert rotate_lock(timezone.now() + timedelta(seconds=1)) == 2
    assert rotate_lock(timezone.now() + timedelta(seconds=2)) == 2
    assert not before & set(SigningKey.objects.values_list("locked", flat=True))
    assert len(the_lock().names()) == 2
    act(*officers)
    assert signatures() == 4


def test_a_lock_is_not_made_before_the_last_one(officers: tuple[int, int]) -> None:
    act(officers[0])
    with pytest.raises(ValueError, match="clock"):
        rotate_lock(NOON)


def test_an_ended_key_signs_nothing_more_and_its_secret_half_is_gone(officers: tuple[int, int]) -> None:
    act(officers[0])
    assert end_keys([officers[0]], SERVER, officers[1], "left the office") == 1
    ended = SigningKey.objects.get(account_id=officers[0])
    assert (ended.locked, ended.ended_at is None) == ("", False)
    act(officers[0])
    assert SigningKey.objects.filter(account_id=officers[0], ended_at=None).exclude(key=ended.key).exists()
    assert signatures() == 2


def test_an_own_key_is_registered_with_a_proof(officers: tuple[int, int], settings: Settings) -> None:
    verifier, leader = officers
    with pytest.raises(WrongKey, match="proof"):
        register_own_key(leader, PUBLIC, proof(verifier, settings))
    with pytest.raises(WrongKey, match="neither"):
        register_own_key(verifier, b"x", b"")
    made = register_own_key(verifier, PUBLIC, proof(verifier, settings))
    assert (made.held, made.key, made.locked) == (OWN, key_id(PUBLIC), "")
    with pytest.raises(WrongKey, match="before"):
        register_own_key(verifier, PUBLIC, proof(verifier, settings))


def test_an_own_key_signs_elsewhere(officers: tuple[int, int], settings: Settings) -> None:
    verifier, leader = officers
    register_own_key(verifier, PUBLIC, proof(verifier, settings))
    mine = draft(verifier)
    given = Signed(key_id(PUBLIC), CARD.sign(to_sign(mine)))
    with transaction.atomic():
        record_many([with_own_signature(mine, verifier, given)])
    assert signatures() == 1
    for wrong in (draft(verifier, "reject"), draft(leader)):
        with pytest.raises(WrongKey):
            with_own_signature(wrong, int(str(wrong.facts["account"])), given)


def test_a_card_of_sm2_is_a_key_too(officers: tuple[int, int], settings: Settings) -> None:
    secret = sm2.new_key()
    public = sm2.public_of(secret)
    shown = sm2.sign(secret, proof_of(settings.LEDGER_ORIGIN, officers[0]))
    register_own_key(officers[0], public, shown)
    mine = draft(officers[0])
    given = Signed(key_id(public), sm2.sign(secret, to_sign(mine)))
    with transaction.atomic():
        record_many([with_own_signature(mine, officers[0], given)])
    assert signatures() == 1


def test_who_signs_with_an_own_key_alone_has_none_at_the_server(
    officers: tuple[int, int], settings: Settings
) -> None:
    act(officers[0])
    register_own_key(officers[0], PUBLIC, proof(officers[0], settings), alone=True)
    with pytest.raises(OwnKeyNeeded):
        act(officers[0])
    assert not SigningKey.objects.filter(account_id=officers[0], held=SERVER, ended_at=None).exists()
    end_keys([officers[0]], OWN, officers[0], "the card is lost")
    act(officers[0])
    assert signatures() == 2


def test_an_entry_of_a_key_says_who_holds_it(officers: tuple[int, int]) -> None:
    act(officers[0])
    made = Entry.objects.get(kind="people.signing-key")
    assert b'"held":"server"' in bytes(made.body)
    assert made.subject == f"account:{officers[0]}"
    assert body_of(draft(1)) != bytes(made.body)


def test_the_commands_list_end_and_lock_anew(officers: tuple[int, int]) -> None:
    run = CliRunner().invoke
    assert run(main, ["people", "signing-keys", "list"]).output == ""
    act(*officers)
    assert len(run(main, ["people", "signing-keys", "list"]).output.splitlines()) == 2
    assert run(main, ["people", "signing-keys", "list", "verifier"]).output.startswith("verifier\t")
    assert "2 keys lie" in run(main, ["people", "signing-keys", "rotate"]).output
    assert run(main, ["people", "signing-keys", "renew", "--reason", "x"]).exit_code == 2
    assert run(main, ["people", "signing-keys", "renew", "nobody-at-all", "--reason", "x"]).exit_code == 1
    assert (
        "1 keys ended"
        in run(main, ["people", "signing-keys", "renew", "verifier", "--reason", "left"]).output
    )
    assert (
        "1 keys ended" in run(main, ["people", "signing-keys", "renew", "--all", "--reason", "lost"]).output
    )
    act(*officers)
    assert signatures() == 4
