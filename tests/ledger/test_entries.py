"""The bytes and the hash of an entry, by the standards that name them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gezhi.ledger.entries import Draft, EntryTooLarge, Fact, body_of, leaf_hash, salted

NOON = datetime(2026, 7, 1, 4, 0, 0, 5, tzinfo=UTC)


def test_the_body_is_canonical_json() -> None:
    """RFC 8785: keys sorted by UTF-16 code units, no white space, text as UTF-8."""
    draft = Draft(
        "case.report",
        "case:1",
        NOON,
        {"z": 1, "a": [True, None, "井盖"], "e": {"b": "x", "a": "\n\x7f\u2028"}},
    )
    assert body_of(draft).decode() == (
        '{"at":"2026-07-01T04:00:00.000005+00:00","facts":{"a":[true,null,"井盖"],"e":{"a":"\\n\x7f\u2028","b":"x"},"z":1},'
        '"kind":"case.report","subject":"case:1","v":1}'
    )


def test_the_instant_counts_and_not_its_zone() -> None:
    china = NOON.astimezone(timezone(timedelta(hours=8)))
    assert body_of(Draft("k", "s", china, {})) == body_of(Draft("k", "s", NOON, {}))


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        # the test vectors of Certificate Transparency: leaves "", 0x00, 0x10, 0x2021
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
        ("10", "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"),
        ("2021", "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"),
    ],
)
def test_the_leaf_hash_is_that_of_rfc_6962(leaf: str, expected: str) -> None:
    assert leaf_hash(bytes.fromhex(leaf)).hex() == expected


def test_a_salted_value_is_an_hmac_and_needs_its_salt() -> None:
    """RFC 4231, test case 2."""
    assert salted(b"Jefe", "what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    assert salted(b"one", "13800001234") != salted(b"two", "13800001234")
    assert salted(b"", "x") != hashlib.sha256(b"x").hexdigest()


KEYS = st.text(st.characters(max_codepoint=127), max_size=20)
FACTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, FACTS, max_size=5))
def test_the_bytes_are_those_of_another_implementation_of_the_standard(facts: dict[str, Fact]) -> None:
    body = body_of(Draft("k", "s", NOON, facts))
    assert json.loads(body)["facts"] == facts
    assert rfc8785.dumps(json.loads(body)) == body


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes has no place in a ledger entry"):
        body_of(Draft("k", "s", NOON, {"salt": b"x"}))  # type: ignore[dict-item]


def test_an_entry_that_no_bundle_can_hold_is_refused() -> None:
    plain = len(body_of(Draft("k", "s", NOON, {"x": ""})))
    assert len(body_of(Draft("k", "s", NOON, {"x": "a" * (65_535 - plain)}))) == 65_535
    with pytest.raises(EntryTooLarge, match="has 65536 bytes; at most 65535"):
        body_of(Draft("k", "s", NOON, {"x": "a" * (65_536 - plain)}))
