"""The tree of RFC 6962: which hashes a proof needs, and whether one holds.

A node is (level, index): the root of the full subtree over the leaves index * 2**level up to (index + 1) * 2**level.
A range [begin, end) of leaves stands for the root over them; every range here is one that the RFC's splits give.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

HASH: Final = 32  # bytes
EMPTY: Final = hashlib.sha256(b"").digest()

Node = tuple[int, int]
Range = tuple[int, int]
HashOf = Callable[[int, int], bytes]
"""(level, index) -> 32 bytes."""


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def level_up(hashes: bytes) -> bytes:
    """The parents of whole pairs; `hashes`: 32 bytes each, an even number of them."""
    sha256 = hashlib.sha256
    return b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)])


def root_of(hashes: bytes) -> bytes:
    """The root over leaf hashes, 32 bytes each. A last one without a partner moves up as it is, which gives the very
    tree that the RFC's split by the largest power of two gives."""
    if not hashes:
        return EMPTY
    while len(hashes) > HASH:
        whole = len(hashes) // 64 * 64
        hashes = level_up(hashes[:whole]) + hashes[whole:]
    return hashes


def nodes_of(begin: int, end: int) -> Iterator[Node]:
    """The fewest full subtrees that make up a range, from left to right."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over full subtrees that become smaller from left to right."""
    if not hashes:
        return EMPTY
    found = hashes[-1]
    for left in hashes[-2::-1]:
        found = node_hash(left, found)
    return found


def range_root(begin: int, end: int, hash_of: HashOf) -> bytes:
    return folded([hash_of(level, index) for level, index in nodes_of(begin, end)])


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """RFC 6962 section 2.1.1: the siblings on the way from a leaf to the root. Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"Entry {index} is not in a tree of {size}.")
    found, begin, end = list[Range](), 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """RFC 6962 section 2.1.2: what shows that a tree of `new` leaves begins with the tree of `old`. Raises
    ValueError. Nothing needs to be shown for an empty tree."""
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} does not extend one of {old}.")
    found, begin, end = list[Range](), 0, new
    while 0 < old < end:
        middle = begin + _split(end - begin)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    if begin:
        found.append((begin, end))
    return found[::-1]


def inclusion_proof(index: int, size: int, hash_of: HashOf) -> list[bytes]:
    return [range_root(begin, end, hash_of) for begin, end in inclusion_ranges(index, size)]


def consistency_proof(old: int, new: int, hash_of: HashOf) -> list[bytes]:
    return [range_root(begin, end, hash_of) for begin, end in consistency_ranges(old, new)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to (RFC 9162 section 2.1.3.2); None where it has not the length that it must have."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_included(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    return root_from_inclusion(leaf, index, size, proof) == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and old_root == (EMPTY if old == 0 else new_root)
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not path:
        return False
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
