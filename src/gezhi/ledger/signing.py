"""Entries that a person signed: what is signed, and whether it holds.

The signature stands in the entry itself, `facts.signed`: {"key": id, "signature": base64}. Signed is the entry's body
without it, so that an entry is checked with nothing but itself and the public keys that stood in the ledger before it.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gezhi.ledger import sm2
from gezhi.ledger.entries import Draft, Fact, body_of, canonical

KEY_MADE: Final = "people.signing-key"
KEY_ENDED: Final = "people.signing-key-ended"
SIGNED: Final = "signed"
_DOMAIN: Final = b"gezhi/act/v1\n"
MARK: Final = b'"signed":{'  # of a signed entry; no text of an entry holds a bare quotation mark
KEYS: Final = b'"kind":"people.signing-key'  # of an entry about a key


class BadSignature(ValueError):
    """An entry is not signed as it says; the message says why."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature over an entry, by the key of this id."""

    key: str
    signature: bytes

    def facts(self) -> dict[str, Fact]:
        return {"key": self.key, "signature": base64.b64encode(self.signature).decode()}


def key_id(public: bytes) -> str:
    """Sixteen hexadecimal digits that name a public key."""
    return hashlib.sha256(b"gezhi/signing-key\n" + public).hexdigest()[:16]


def to_sign(draft: Draft) -> bytes:
    """What the holder of a key signs."""
    return _DOMAIN + body_of(draft)


def with_signature(draft: Draft, signed: Signed) -> Draft:
    return replace(draft, facts={**draft.facts, SIGNED: signed.facts()})


def signed_by(draft: Draft, key: str, sign: Callable[[bytes], bytes]) -> Draft:
    return with_signature(draft, Signed(key, sign(to_sign(draft))))


def holds(public: bytes, data: bytes, signature: bytes) -> bool:
    """`public`: 32 bytes of Ed25519, or a point of SM2 as cards here hold. Raises sm2.NoSm2 where the machine has
    none."""
    if len(public) == sm2.POINT:
        return sm2.verifies(public, data, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_signed_by(body: bytes, public: bytes) -> bool:
    """Whether an entry bears a signature by this key that holds. Raises sm2.NoSm2 and BadSignature."""
    entry = json.loads(body)
    signed = entry["facts"].pop(SIGNED, None)
    return bool(signed) and holds(public, _DOMAIN + canonical(entry), _decoded(signed["signature"]))


def verdict_on(body: bytes, public: bytes) -> bool | None:
    """Whether the entry's signature by this key holds; None: this machine cannot tell."""
    try:
        return is_signed_by(body, public)
    except sm2.NoSm2:
        return None
    except BadSignature:
        return False


def key_facts(public: bytes, account: int, held: str) -> dict[str, Fact]:
    """Of the entry that makes a key known. `held`: by the server, or by the person (own)."""
    told = {"key": key_id(public), "public": base64.b64encode(public).decode()}
    return {**told, "account": account, "held": held}


@dataclass(slots=True)
class Life:
    """A key: whose it is, and the places of the tree between which it signs."""

    public: bytes
    account: int
    made: int
    ended: int | None = None


@dataclass(slots=True)
class SignatureBook:
    """Knows the keys that the log makes known, and says which signatures do not hold."""

    keys: dict[str, Life] = field(default_factory=dict)

    def learn(self, index: int, body: bytes) -> str | None:
        """Take in a key's making or ending, in the order of the log. What is wrong with it; None: nothing, or it is
        no entry of a key."""
        return self._said(body, lambda kind, facts: self._learn(index, kind, facts)) if KEYS in body else None

    def check(self, index: int, body: bytes) -> str | None:
        """What is wrong with the signature of the entry at this place; None: nothing, or it bears none."""
        return (
            self._said(body, lambda kind, facts: self._verify(index, body, facts)) if MARK in body else None
        )

    def _said(self, body: bytes, read: Callable[[str, dict[str, Fact]], None]) -> str | None:
        try:
            entry = json.loads(body)
            if canonical(entry) != body:
                return "it is not written as entries are"
            if not isinstance(entry["facts"], dict):
                return "its facts cannot be read"
            read(entry["kind"], entry["facts"])
        except BadSignature as bad:
            return str(bad)
        except sm2.NoSm2 as error:
            return f"its signature cannot be checked: {error}"
        except (ValueError, KeyError, TypeError, AttributeError):
            return "its signature or key cannot be read"
        return None

    def _learn(self, index: int, kind: str, facts: Mapping[str, Fact]) -> None:
        if kind == KEY_ENDED:
            life = self._known(facts["key"])
            life.ended = index if life.ended is None else life.ended
        if kind != KEY_MADE:
            return
        public, account, key = _decoded(facts["public"]), facts["account"], str(facts["key"])
        if key != key_id(public) or not isinstance(account, int):
            raise BadSignature("it makes a key known under another's id")
        if key in self.keys:
            raise BadSignature(f"it makes the key {key} known again")
        self.keys[key] = Life(public, account, index)

    def _verify(self, index: int, body: bytes, facts: dict[str, Fact]) -> None:
        signed = facts[SIGNED]
        if not isinstance(signed, Mapping):
            raise BadSignature("its signature cannot be read")
        key = self._known(signed["key"])
        if key.made > index:
            raise BadSignature(f"it is signed with the key {signed['key']}, which was not known yet")
        if key.ended is not None and key.ended < index:
            raise BadSignature(f"it is signed with the key {signed['key']}, which had ended")
        if key.account != facts.get("account"):
            raise BadSignature(f"it is signed with the key {signed['key']}, which is another person's")
        if not is_signed_by(body, key.public):
            raise BadSignature("its signature does not hold")

    def _known(self, key: object) -> Life:
        found = self.keys.get(str(key))
        if found is None:
            raise BadSignature(f"the key {str(key)[:40]} was never made known")
        return found


def _decoded(value: object) -> bytes:
    """One text for each value: a second one of the same bytes is refused."""
    try:
        found = base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise BadSignature("its key or signature is no base64") from error
    if base64.b64encode(found).decode() != value:
        raise BadSignature("its key or signature is no base64")
    return found
