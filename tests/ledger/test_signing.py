"""Entries that a person signed are checked with nothing but the log's bodies, in their order."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezhi.ledger import sm2
from gezhi.ledger.entries import Draft, Fact, body_of, canonical
from gezhi.ledger.signing import (
    KEY_ENDED,
    KEY_MADE,
    SignatureBook,
    key_facts,
    key_id,
    signed_by,
    to_sign,
)

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SECRET.public_key().public_bytes_raw()
KEY = key_id(PUBLIC)
ACCOUNT = 7


def entry(kind: str, facts: dict[str, Fact]) -> Draft:
    return Draft(kind, "account:7", NOON, facts)


MADE = body_of(entry(KEY_MADE, key_facts(PUBLIC, ACCOUNT, "server")))
ENDED = body_of(entry(KEY_ENDED, {"key": KEY, "account": ACCOUNT}))
CLOSED = entry("case.close", {"account": ACCOUNT, "step": "close", "words": "井盖已换"})


def closed(account: int = ACCOUNT, sign: Callable[[bytes], bytes] = SECRET.sign) -> bytes:
    return body_of(signed_by(replace(CLOSED, facts={**CLOSED.facts, "account": account}), KEY, sign))


def verdicts(*bodies: bytes) -> list[str | None]:
    book = SignatureBook()
    learnt = [book.learn(index, body) for index, body in enumerate(bodies)]
    return [
        said or book.check(index, body) for index, (body, said) in enumerate(zip(bodies, learnt, strict=True))
    ]


def test_a_signed_entry_holds() -> None:
    assert verdicts(MADE, closed(), body_of(CLOSED)) == [None, None, None]
    assert (
        verdicts(MADE, closed().replace(b'"step":"close"', b'"step":"clos3"'))[1]
        == "its signature does not hold"
    )


def test_signed_is_the_body_without_the_signature() -> None:
    facts = json.loads(closed())["facts"]
    signed = facts.pop("signed")
    assert set(signed) == {"key", "signature"}
    assert to_sign(CLOSED) == b"gezhi/act/v1\n" + canonical({**json.loads(closed()), "facts": facts})


def test_no_changed_byte_of_a_signed_entry_holds() -> None:
    """Every byte once. An entry that no longer names a signature is found by the tree, as any changed one."""
    whole = closed()
    for where in range(len(whole)):
        changed = bytearray(whole)
        changed[where] ^= 0x01
        said = verdicts(MADE, bytes(changed))[1]
        assert said or b'"signed":{' not in changed, bytes(changed)


def test_a_card_s_key_of_sm2_signs_as_well() -> None:
    secret = sm2.new_key()
    public = sm2.public_of(secret)
    made = body_of(entry(KEY_MADE, key_facts(public, ACCOUNT, "own")))
    signed = body_of(signed_by(CLOSED, key_id(public), lambda data: sm2.sign(secret, data)))
    assert verdicts(made, signed) == [None, None]
    assert (
        verdicts(made, signed.replace(b'"step":"close"', b'"step":"reject"'))[1]
        == "its signature does not hold"
    )


def test_a_key_that_was_never_made_known_signs_nothing() -> None:
    assert verdicts(closed()) == [f"the key {KEY} was never made known"]
    assert "not known yet" in str(verdicts(closed(), MADE)[0])


def test_a_key_that_had_ended_signs_nothing() -> None:
    assert verdicts(MADE, closed(), ENDED) == [None, None, None]
    assert "had ended" in str(verdicts(MADE, ENDED, closed())[2])


def test_nobody_signs_with_another_person_s_key() -> None:
    assert "another person's" in str(verdicts(MADE, closed(account=8))[1])


def test_another_key_s_signature_does_not_hold() -> None:
    other = Ed25519PrivateKey.generate()
    assert verdicts(MADE, closed(sign=other.sign))[1] == "its signature does not hold"


@pytest.mark.parametrize(
    "facts",
    [
        {**key_facts(PUBLIC, ACCOUNT, "server"), "key": "0" * 16},
        {**key_facts(PUBLIC, ACCOUNT, "server"), "public": "!"},
        {**key_facts(PUBLIC, ACCOUNT, "server"), "account": "7"},
        {"key": KEY},
    ],
)
def test_a_key_under_a_wrong_name_is_refused(facts: dict[str, Fact]) -> None:
    assert verdicts(body_of(entry(KEY_MADE, facts)))[0]


def test_a_key_is_made_known_once() -> None:
    assert verdicts(MADE, MADE) == [None, f"it makes the key {KEY} known again"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"signed":{',
        b'{"facts":{"signed":{}},"kind":"x"}',
        b'{"facts":[{"signed":{}}],"kind":"x"}',
        b'{"facts":{"signed":{"key":1,"signature":2}},"kind":"x"}',
        b'["signed":{}]',
        b'"signed":{',
    ],
)
def test_what_cannot_be_read_is_said(body: bytes) -> None:
    assert verdicts(MADE, body)[1]


def test_words_that_look_like_a_signature_are_words() -> None:
    words = body_of(entry("case.close", {"words": '"signed":{"key":"x"}'}))
    assert verdicts(words) == [None]
