"""The tree of RFC 6962, by the RFC's own example, by another implementation, and against wrong proofs."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.tree import (
    EMPTY,
    consistency_proof,
    inclusion_proof,
    inclusion_ranges,
    is_consistent,
    is_included,
    nodes_of,
    range_root,
    root_of,
)

MOST = 70
BODIES = [b"%d" % number for number in range(MOST)]
LEAVES = [leaf_hash(body) for body in BODIES]
ROOTS = [root_of(b"".join(LEAVES[:size])) for size in range(MOST + 1)]
SIZES = st.integers(1, MOST)


def hash_of(level: int, index: int) -> bytes:
    return root_of(b"".join(LEAVES[index << level : (index + 1) << level]))


def test_the_tree_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of(b"") == EMPTY == hashlib.sha256().digest()


def test_roots_are_those_of_certificate_transparency() -> None:
    """The eight leaves of its test vectors."""
    leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    assert [root_of(b"".join(hashes[:size])).hex() for size in range(1, 9)] == roots


@pytest.fixture(scope="module")
def other() -> InmemoryTree:
    """An implementation that we did not write; it counts entries from 1."""
    tree = InmemoryTree(algorithm="sha256")
    for body in BODIES:
        tree.append_entry(body)
    return tree


def test_another_implementation_has_the_same_roots_and_proofs(other: InmemoryTree) -> None:
    for size in range(1, MOST + 1):
        assert other.get_root(size) == ROOTS[size]
        for index in range(size):
            path = [bytes.fromhex(one) for one in other.prove_inclusion(index + 1, size).serialize()["path"]]
            assert path == [LEAVES[index], *inclusion_proof(index, size, hash_of)]


def test_another_implementation_shows_by_its_own_proofs_that_our_trees_follow_each_other(
    other: InmemoryTree,
) -> None:
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            verify_consistency(ROOTS[old], ROOTS[new], other.prove_consistency(old, new))


def test_every_proof_of_every_size_holds() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, hash_of)
            assert is_included(LEAVES[index], index, size, ROOTS[size], proof)
        for old in range(size + 1):
            proof = consistency_proof(old, size, hash_of)
            assert is_consistent(old, ROOTS[old], size, ROOTS[size], proof)


def spoiled(proof: list[bytes], at: int, how: str) -> list[bytes]:
    at %= max(len(proof), 1)
    if how == "longer" or not proof:
        return [*proof[:at], bytes(32), *proof[at:]]
    if how == "shorter":
        return [*proof[:at], *proof[at + 1 :]]
    return [*proof[:at], bytes(byte ^ 1 for byte in proof[at]), *proof[at + 1 :]]


HOW = st.sampled_from(["longer", "shorter", "changed"])


@given(SIZES, st.data(), HOW)
def test_a_spoiled_proof_of_inclusion_does_not_hold(size: int, data: st.DataObject, how: str) -> None:
    index, at = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 9))
    proof = spoiled(inclusion_proof(index, size, hash_of), at, how)
    assert not is_included(LEAVES[index], index, size, ROOTS[size], proof)


@given(SIZES, st.data(), HOW)
def test_a_spoiled_proof_of_consistency_does_not_hold(size: int, data: st.DataObject, how: str) -> None:
    old, at = data.draw(st.integers(0, size)), data.draw(st.integers(0, 9))
    proof = spoiled(consistency_proof(old, size, hash_of), at, how)
    assert not is_consistent(old, ROOTS[old], size, ROOTS[size], proof)


@given(SIZES, SIZES, SIZES, SIZES)
def test_a_proof_is_good_for_its_own_entry_and_size_alone(
    size: int, another: int, index: int, other_index: int
) -> None:
    index, other_index = index % size, other_index % another
    proof = inclusion_proof(index, size, hash_of)
    holds = is_included(LEAVES[index], other_index, another, ROOTS[another], proof)
    assert holds == ((size, index) == (another, other_index))


@given(st.integers(0, 200), st.integers(0, 200), st.lists(st.binary(min_size=32, max_size=32), max_size=12))
def test_no_proof_of_chance_holds(old: int, new: int, proof: list[bytes]) -> None:
    assert not is_consistent(old, b"a" * 32, new, b"b" * 32, proof)
    assert not is_included(b"a" * 32, old, new, b"b" * 32, proof)


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="Entry 5 is not in a tree of 5"):
        inclusion_ranges(5, 5)
    with pytest.raises(ValueError, match="does not extend"):
        consistency_proof(6, 5, hash_of)


@given(st.integers(0, 40), st.integers(0, 30))
def test_full_subtrees_make_up_a_range_from_left_to_right(begin: int, length: int) -> None:
    nodes = list(nodes_of(begin, begin + length))
    covered = [leaf for level, index in nodes for leaf in range(index << level, (index + 1) << level)]
    assert covered == list(range(begin, begin + length))


@given(SIZES)
def test_the_root_of_a_range_from_the_first_leaf_is_that_of_the_tree(size: int) -> None:
    assert range_root(0, size, hash_of) == ROOTS[size]
