"""This node as a witness over HTTP: each status of the protocol, and the heads that it shows."""

import pytest
from django.test import Client
from pytest_django import Settings

from gezhi.exchange.witness import views
from gezhi.ledger import notes
from gezhi.ledger.actions.cosigning import witness_log, witness_signer
from gezhi.ledger.witnessing import LONGEST_BODY, Submission, origin_hash
from gezhi.lib.ratelimit import TokenBuckets
from tests.cast import Cast
from tests.ledger.test_witnessing import IMPOSTOR, LOG, ORIGIN, submission

ADD = "/ledger/witness/add-checkpoint"


@pytest.fixture(autouse=True)
def witness(city: Cast, settings: Settings, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(views, "by_address", TokenBuckets(size=100, seconds=60))
    witness_log(LOG.verifier.vkey())


def ask(client: Client, made: Submission | bytes) -> tuple[int, str, str]:
    """Status, type and text of the answer."""
    body = made if isinstance(made, bytes) else made.written()
    answer = client.post(ADD, body, content_type="text/plain")
    return answer.status_code, answer.headers["Content-Type"], answer.content.decode()


def test_a_head_that_extends_is_cosigned(client: Client) -> None:
    for old, size in [(0, 3), (3, 12)]:
        made = submission(old, size)
        status, _, text = ask(client, made)
        assert status == 200
        (line,) = notes.parse_signatures(text)
        assert witness_signer().verifier.verifies(made.note.text, line.blob)


def test_each_refusal_has_its_status(client: Client) -> None:
    stranger = submission(0, 7, origin="elsewhere.example/log")
    assert ask(client, stranger)[0] == 404
    assert ask(client, submission(0, 7, signer=IMPOSTOR))[0] == 403
    assert ask(client, submission(9, 7))[0] == 400
    assert ask(client, b"old x\n\n")[0] == 400
    assert ask(client, submission(0, 7))[0] == 200
    assert ask(client, submission(0, 9)) == (409, "text/x.tlog.size", "7\n")
    assert ask(client, submission(7, 7, head=bytes(32)))[0] == 422
    assert ask(client, Submission(7, [bytes(32)], submission(7, 9).note))[0] == 422


def test_only_a_post_of_bounded_length_is_read(client: Client) -> None:
    assert client.get(ADD).status_code == 405
    assert ask(client, b"x" * (LONGEST_BODY + 1))[0] == 413


def test_too_many_from_one_address_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "by_address", TokenBuckets(size=2, seconds=60))
    assert [ask(client, b"x")[0] for _ in range(3)] == [400, 400, 429]


def test_the_last_head_cosigned_is_shown_to_whoever_watches_that_log(client: Client) -> None:
    address = f"/ledger/witness/{origin_hash(ORIGIN)}/checkpoint"
    assert client.get(address).status_code == 404
    made = submission(0, 7)
    ask(client, made)
    shown = notes.parse_note(client.get(address).content.decode())
    assert shown.text == made.note.text
    assert len(notes.verified_by(shown, [LOG.verifier, witness_signer().verifier])) == 2
    assert client.get("/ledger/witness/0/checkpoint").status_code == 404


def test_the_key_of_the_witness_is_told(client: Client) -> None:
    assert client.get("/ledger/witness/key").content.decode().strip() == witness_signer().verifier.vkey()
