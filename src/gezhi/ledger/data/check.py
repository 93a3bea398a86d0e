"""Checks the proofs beside this file with Python 3.8 or later and nothing else: python3 check.py

Each NAME.tlog-proof is held against NAME.json, the entry itself: SHA-256(0x00 || entry) is hashed up, with the hashes
of the proof, to the root of the tree that stands in the checkpoint. Who signed the checkpoint is not checked here;
README.txt says how to.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path


def root_of(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """RFC 9162, section 2.1.3.2."""
    found, last = leaf, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if index % 2 or index == last:
            found = hashlib.sha256(b"\x01" + sibling + found).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            found = hashlib.sha256(b"\x01" + found + sibling).digest()
        index, last = index // 2, last // 2
    return found if last == 0 else None


def holds(proof: Path, entry: Path) -> bool:
    head, _, checkpoint = proof.read_text(encoding="utf-8").partition("\n\n")
    kind, *lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    _origin, size, root = checkpoint.split("\n")[:3]
    leaf = hashlib.sha256(b"\x00" + entry.read_bytes()).digest()
    path = [base64.b64decode(line) for line in lines[1:]]
    found = root_of(leaf, int(lines[0].split(" ")[1]), int(size), path)
    return kind == "c2sp.org/tlog-proof@v1" and found == base64.b64decode(root)


def main() -> int:
    proofs = sorted(Path(__file__).resolve().parent.glob("**/*.tlog-proof"))
    wrong = [proof for proof in proofs if not holds(proof, proof.with_suffix(".json"))]
    for proof in wrong:
        sys.stdout.write(f"DOES NOT HOLD: {proof.name}\n")
    sys.stdout.write(f"{len(proofs) - len(wrong)} of {len(proofs)} proofs hold.\n")
    return 1 if wrong or not proofs else 0


if __name__ == "__main__":
    sys.exit(main())
