"""Separation of duties as decisions: what two hands of one person, or of one and whom they act for, may not do."""

from hypothesis import given
from hypothesis import strategies as st

from gezhi.people.duties_apart import (
    Doer,
    may_grant,
    may_judge,
    own_work,
    posts_clash,
)
from gezhi.people.models import Role

ME, OTHER, THIRD = 1, 2, 3
PEOPLE = st.frozensets(st.integers(1, 5), max_size=3)


def test_nobody_verifies_what_they_ever_handled_whatever_the_procedure_says() -> None:
    assert own_work("verify", (), {ME, THIRD}, {ME})
    assert not own_work("verify", (), {ME, THIRD}, {OTHER})
    assert not own_work("return", (), {ME}, {ME})


def test_whoever_acts_for_another_counts_as_both() -> None:
    stands_in = Doer(OTHER, frozenset({"verifier"}), {"verifier": ME})
    assert own_work("verify", (), {ME}, stands_in.hands("verifier"))
    assert own_work("verify", (), {OTHER}, stands_in.hands("verifier"))
    assert own_work("accept", {ME}, (), stands_in.hands("verifier"))
    assert not own_work("verify", {THIRD}, {THIRD}, stands_in.hands("verifier"))


def test_a_post_of_ones_own_is_used_before_that_of_another() -> None:
    doer = Doer(ME, frozenset({"verifier", "supervisor"}), {"verifier": OTHER})
    assert doer.able(["verifier", "supervisor", "leader"]) == ["supervisor", "verifier"]
    assert doer.hands("supervisor") == {ME}


@given(PEOPLE, PEOPLE, PEOPLE)
def test_somebody_who_did_nothing_is_never_in_their_own_way(
    last: frozenset[int], handlers: frozenset[int], acting: frozenset[int]
) -> None:
    assert own_work("verify", last, handlers, acting) == bool((last | handlers) & acting)
    assert own_work("close", last, handlers, acting) == bool(last & acting)


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
