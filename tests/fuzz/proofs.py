"""What others hand us of a ledger: notes, proofs, tiles, timestamps, keys, signatures; and sealed words of our own."""

# ruff: noqa: E501 - a table with a parser in each row
import hashlib
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from hypothesis import strategies as st

from gezhi.ledger import notes, proofs, signing, sm2, tiles, timestamps, verifying, witnessing
from gezhi.ledger.authority import Authority
from gezhi.ledger.data import check
from gezhi.ledger.entries import Draft, body_of
from gezhi.ledger.keys import KeyMissing, read_key, verifier_of
from gezhi.ledger.tree import is_consistent, is_included
from gezhi.live.scope import Scope
from gezhi.live.seal import BadTicket, opened, sealed
from gezhi.people.keys import CannotUnlock, Lock
from gezhi.people.signing_in import sealing
from gezhi.rights.passes import Pass, person_with
from tests.fuzz.parser import Parser, text_of
from tests.fuzz.shapes import bent, bent_json, bent_text, long_ones

NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
FOLDER = Path(tempfile.mkdtemp(prefix="gezhi-fuzz-keys-"))
SIGNER = notes.Ed25519Signer("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = notes.Ed25519Signer(
    "witness", Ed25519PrivateKey.from_private_bytes(bytes(range(32))), notes.COSIGNATURE
)
LEAVES = [hashlib.sha256(b"\0" + bytes([n])).digest() for n in range(2)]
ROOT = hashlib.sha256(b"\1" + LEAVES[0] + LEAVES[1]).digest()
HEAD = notes.Checkpoint("log.example", 2, ROOT)
KNOWN = (SIGNER.verifier, WITNESS.verifier)
LINES = (
    "\n",
    "\n\n",
    "— ",
    "— log.example ",
    "old 0\n",
    "index 1\n",
    "extra AA==\n",
    "+",
    "=",
    "A",
    "c2sp.org/tlog-proof@v1\n",
)


@cache
def note() -> notes.Note:
    return notes.signed(HEAD, (SIGNER, WITNESS), 1_782_000_000)


@cache
def proof() -> str:
    return proofs.Proof(1, [LEAVES[0]], note().written(), b"x").written()


def noted(text: str) -> object:
    found = notes.parse_note(text)
    return notes.verified_by(found, KNOWN), notes.parse_checkpoint(found.text)


def proved(text: str) -> object:
    return proofs.check_proof(proofs.parse_proof(text), LEAVES[1], KNOWN)


def submitted(data: bytes) -> object:
    found = witnessing.parse_submission(data)
    return witnessing.require_cosignable(found, [SIGNER.verifier], witnessing.Seen(1, LEAVES[0]))


def tiled(data: bytes) -> object:
    width = data[0] + 1 if data else 1
    verifying.leaves_in(data, width)
    return tiles.bodies_in(data, width)


def hashed(drawn: tuple[int, int, list[bytes]]) -> object:
    one, other, path = drawn
    return is_included(LEAVES[0], one, other, ROOT, path), is_consistent(one, LEAVES[0], other, ROOT, path)


@cache
def authority() -> tuple[timestamps.Trust, bytes, bytes]:
    own = Authority(FOLDER / "clock", datetime.now(UTC))
    pem = own.certificate.read_bytes()
    trust = timestamps.trust_in(pem)
    return trust, own.reply(timestamps.query(b"data", trust).body), pem


def stamped(data: bytes) -> object:
    return timestamps.checked(data, b"data", authority()[0])


@cache
def sm2_key() -> tuple[bytes, bytes, bytes, str]:
    """Private key, its point, a signature over b"data", the key as others are told of it."""
    private = sm2.new_key()
    public = sm2.public_of(private)
    return private, public, sm2.sign(private, b"data"), sm2.Sm2Verifier("log.example", public).vkey()


def of_sm2(two: tuple[bytes, bytes]) -> object:
    public, signature = two
    return sm2.verifies(public, b"data", signature), signing.holds(public, b"data", signature)


@cache
def entries() -> tuple[bytes, ...]:
    key = SIGNER.verifier.public
    made = Draft(signing.KEY_MADE, "account:1", NOW, signing.key_facts(key, 1, "own"))
    ended = Draft(signing.KEY_ENDED, "account:1", NOW, {"key": signing.key_id(key)})
    act = signing.signed_by(
        Draft("cases.close", "case:1", NOW, {"account": 1}), signing.key_id(key), SIGNER.private.sign
    )
    return tuple(body_of(one) for one in (made, ended, act))


def booked(data: bytes) -> object:
    book = signing.SignatureBook()
    book.learn(0, entries()[0])
    return book.learn(1, data), book.check(2, data)


def zipped(text: str) -> object:
    (FOLDER / "a.tlog-proof").write_text(text, encoding="utf-8", errors="replace")
    (FOLDER / "a.json").write_bytes(b"\1")
    return check.holds(FOLDER / "a.tlog-proof", FOLDER / "a.json")


@cache
def lock() -> tuple[Lock, str]:
    made = Lock(FOLDER / "lock")
    made.make(NOW)
    return made, made.locked(SIGNER.private, b"account:1")


def key_file(data: bytes) -> object:
    verifier = SIGNER.verifier
    from gezhi.ledger.keys import make_key

    signer = make_key(FOLDER / "own", "log.example")
    vkey = signer.verifier.vkey()
    for path in (FOLDER / "own").rglob("*"):
        if path.is_file():
            path.write_bytes(data)
    assert verifier
    return read_key(FOLDER / "own", vkey)


def passes() -> Any:
    """Sealed words of ours, changed; and those of another node."""
    scope = Scope((("33", "33:"),), frozenset({1}), frozenset())
    real = (sealed(1, scope), Pass(None, None).written()[:-1], sealing.sealed("secret"))
    return bent_text(*real, pieces=(":", ".", "=", "e30", "eyJ"))


def tickets(text: str) -> object:
    for read, refusal in ((opened, BadTicket), (sealing.opened, sealing.CannotOpen)):
        try:
            read(text)
        except refusal:
            continue
    return person_with(text)


def parsers() -> list[Parser]:
    hashes = st.lists(st.sampled_from(LEAVES) | st.binary(max_size=33), max_size=64)
    sizes = st.integers(0, 4) | st.integers(0, 2**63)
    return [
        Parser("signed notes and checkpoints", ("ledger.notes",), noted, bent_text(note().written(), pieces=LINES), (notes.BadNote,),
               lambda: [HEAD.text() + "\n" + text for text in long_ones(300_000, LINES)], raw=text_of),
        Parser("lines of signatures", ("ledger.notes", "ledger.witnessing"),
               lambda data: witnessing.cosignatures_in(data, note(), WITNESS.verifier) and witnessing.size_in(data),
               bent([note().signatures[1].line().encode(), b"12\n"], [one.encode() for one in LINES]), (notes.BadNote,),
               lambda: [one.encode() for one in long_ones(300_000, LINES)], raw=bytes),
        Parser("what a log sends its witness", ("ledger.witnessing", "ledger.tree"), submitted,
               bent([witnessing.Submission(1, [LEAVES[1]], note()).written()], [one.encode() for one in LINES]),
               (witnessing.BadSubmission, witnessing.NotCosigned),
               lambda: [one.encode() for one in long_ones(witnessing.LONGEST_BODY, LINES)], raw=bytes),
        Parser("keys of logs and witnesses", ("ledger.notes", "ledger.sm2", "ledger.keys", "ledger.witnessing"),
               lambda text: (verifier_of(text), witnessing.logs_in(text), witnessing.witnesses_in(text)),
               bent_text(SIGNER.verifier.vkey(), sm2_key()[3], f"a={WITNESS.verifier.vkey()}@https://example.org/", pieces=("+", "=", "@", ",")),
               (notes.BadNote,), lambda: long_ones(100_000, ("+", "@", "=", ",")), raw=text_of),
        Parser("key files", ("ledger.keys",), key_file, bent([b"PRIVATE+KEY+log.example+1+AA==", bytes(32)]), (KeyMissing,), raw=bytes),
        Parser("proofs of one entry", ("ledger.proofs",), proved, bent_text(proof(), pieces=LINES), (proofs.BadProof,),
               lambda: [proof()[:30] + text for text in long_ones(proofs.LARGEST, LINES)], raw=text_of),
        Parser("proofs, by the file that goes with them", ("ledger.data.check", "ledger.packing"), zipped, bent_text(proof(), pieces=LINES),
               (ValueError, IndexError), raw=text_of),
        Parser("hashes of proofs", ("ledger.tree",), hashed, st.tuples(sizes, sizes, hashes)),
        Parser("addresses of tiles", ("ledger.tiles",), tiles.tile_at,
               bent_text("tile/0/x001/x234/067.p/8", "tile/entries/000", pieces=("tile/", "x123/", "000", ".p/", "٣٣٣", "/")), (),
               lambda: long_ones(100_000, ("x001/", "tile/", "0/")), raw=text_of),
        Parser("bundles of entries", ("ledger.tiles", "ledger.verifying", "ledger.vouched"), tiled, bent([tiles.bundle_of(entries())]), (tiles.BadBundle,),
               lambda: [bytes(1 << 20), b"\xff" * (1 << 20)], raw=bytes),
        Parser("timestamps of an authority", ("ledger.timestamps",), stamped, bent([authority()[1]]), (timestamps.BadStamp,),
               lambda: [b"\x30\x84\xff\xff\xff\xff" * 10_000, b"\x30\x80" * 100_000, bytes(1 << 20)], raw=bytes),
        Parser("certificates of an authority", ("ledger.timestamps",), timestamps.trust_in,
               bent([authority()[2]], [b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n"]), (timestamps.BadStamp,),
               lambda: [b"-----BEGIN CERTIFICATE-----\n" * 20_000], raw=bytes),
        Parser("SM2 points and signatures", ("ledger.sm2", "ledger.signing"), of_sm2,
               st.tuples(bent([sm2_key()[1]]), bent([sm2_key()[2]])), (sm2.NoSm2,)),
        Parser("SM2 key files", ("ledger.sm2",), lambda data: sm2.public_of(sm2.from_pem(data)),
               bent([sm2.private_pem(sm2_key()[0]), sm2.public_pem(sm2_key()[1])], [b"-----BEGIN A-----\n", b"-----END"]), (sm2.NoSm2,),
               lambda: [b"-----BEGIN A-----\n" * 20_000, b"-----BEGIN " + b"A" * 500_000], raw=bytes),
        Parser("entries with signatures", ("ledger.signing",), booked, bent(entries()) | bent_json(*(__import__("json").loads(one) for one in entries())).map(
               lambda one: __import__("json").dumps(one, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")), (), raw=bytes),
        Parser("locked signing keys", ("people.keys",), lambda text: lock()[0].unlocked(text, b"account:1"),
               bent_text(lock()[1], pieces=(":", "00", "z")), (CannotUnlock,), raw=text_of),
        Parser("tickets, passes, tokens", ("live.seal", "rights.passes", "people.signing_in.sealing"), tickets, passes(), (),
               lambda: long_ones(100_000, (":", ".", "eyJ")), raw=text_of),
    ]  # fmt: skip


assert settings.SECRET_KEY
