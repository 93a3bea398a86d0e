"""Separation of duties as decisions: what two hands of one person, or of one and whom they act for, may not do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.people.duties_apart import (
    HANDLING,
    Doer,
    may_grant,
    may_judge,
    own_work,
    posts_clash,
)
from gezhi.people.models import Role

ME, OTHER, THIRD = 1, 2, 3
PEOPLE = st.frozensets(st.integers(1, 5), max_size=3)


@pytest.mark.parametrize("kind", sorted(HANDLING))
def test_nobody_verifies_what_they_handled_whatever_the_procedure_says(kind: str) -> None:
    assert own_work("verify", (), {kind: {ME}}, {ME})
    assert not own_work("verify", (), {kind: {ME}}, {OTHER})


def test_whoever_acts_for_another_counts_as_both() -> None:
    stands_in = Doer(OTHER, frozenset({"verifier"}), {"verifier": ME})
    assert own_work("verify", (), {"finish": {ME}}, stands_in.hands("verifier"))
    assert own_work("verify", (), {"finish": {OTHER}}, stands_in.hands("verifier"))
    assert not own_work("verify", (), {"finish": {THIRD}}, stands_in.hands("verifier"))


def test_a_post_of_ones_own_is_used_before_that_of_another() -> None:
    doer = Doer(ME, frozenset({"verifier", "supervisor"}), {"verifier": OTHER})
    assert doer.able(["verifier", "supervisor", "leader"]) == ["supervisor", "verifier"]
    assert doer.hands("supervisor") == {ME}


@given(PEOPLE, PEOPLE, st.sampled_from(["verify", "finish", "close"]))
def test_somebody_who_did_nothing_is_never_in_their_own_way(
    did: frozenset[int], acting: frozenset[int], kind: str
) -> None:
    refused = own_work(kind, ("report",), dict.fromkeys([*HANDLING, "report"], did), acting)
    assert refused == bool(did & acting)


def test_a_guarded_post_is_granted_by_a_third_person() -> None:
    assert may_grant({THIRD}, ME, OTHER, None)
    assert not may_grant({ME}, ME, OTHER, None)
    assert not may_grant({OTHER}, ME, OTHER, None)
    assert not may_grant({THIRD}, ME, OTHER, THIRD)


def test_nobody_judges_the_unit_that_they_are_of() -> None:
    assert not may_judge({7, 8}, 8)
    assert may_judge({7, 8}, 9)


def test_an_auditor_holds_no_other_post() -> None:
    assert posts_clash(Role.AUDITOR, {Role.LEADER})
    assert posts_clash(Role.HANDLER, {Role.AUDITOR})
    assert not posts_clash(Role.AUDITOR, ())
    assert not posts_clash(Role.HANDLER, {Role.VERIFIER})
