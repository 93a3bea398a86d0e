"""Which step is open, to whom, with what; and every way to be refused, in both languages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.procedure import (
    NEED_WORDS,
    ROLE_WORDS,
    Given,
    Refused,
    Standing,
    choose,
    options,
    steps_from,
)
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Kind, Need
from gezhi.people.duties_apart import Doer

PACK = read_pack(Path(__file__).resolve().parents[2] / "packs" / "city-management")
STANDARD = PACK.procedures[0]
PHOTO = ("7a0a6a3e-8a06-4f0e-9d0b-0a4c2a0f6a11",)


def refused(state: str, step: str, role: str, account: int | None = 1, **given: object) -> Refused:
    overdue, did = given.pop("overdue", False), given.pop("did", {})
    with pytest.raises(Refused) as caught:
        choose(
            STANDARD,
            Standing(state, bool(overdue), did),  # type: ignore[arg-type]
            step,
            Doer(account, frozenset({role})),
            Given(**given),  # type: ignore[arg-type]
        )
    return caught.value


def test_a_dispatcher_dispatches_to_a_unit() -> None:
    taken = choose(
        STANDARD, Standing("registered"), "dispatch", Doer(1, frozenset({"dispatcher"})), Given(unit_id=3)
    )
    assert (taken.key, taken.to) == ("dispatch", "dispatched")


def test_a_step_that_the_state_does_not_know_says_what_is_possible() -> None:
    refusal = refused("registered", "verify", "dispatcher")
    assert refusal.code == "not-open"
    assert str(refusal) == (
        "'verify' is not open from 'registered'. "
        "You may: accept, dispatch, reject, merge, escalate, urge, reply, correct, split."
    )
    assert "您可以：立案、派遣" in refusal.zh


def test_a_step_that_no_procedure_knows_is_named() -> None:
    refusal = refused("registered", "fly", "verifier")
    assert refusal.code == "unknown-step"
    assert refusal.en.endswith("You may: nothing.")
    assert refusal.zh.endswith("您可以：无。")


def test_another_post_is_told_whose_step_it_is() -> None:
    refusal = refused("registered", "dispatch", "handler", unit_id=3)
    assert (refusal.code, refusal.en) == (
        "not-your-role",
        "'dispatch' is for dispatcher; you hold no such post for this case.",
    )
    assert "派遣员" in refusal.zh


@pytest.mark.parametrize("step", ["verify", "rework"])
def test_whoever_handled_does_not_verify(step: str) -> None:
    given = {"reason": "仍有垃圾"} if step == "rework" else {}
    assert refused("handled", step, "verifier", 7, did={Kind.FINISH: {7}}, **given).code == "own-work"
    taken = choose(
        STANDARD,
        Standing("handled", did={Kind.FINISH: {7}}),
        step,
        Doer(8, frozenset({"verifier"})),
        Given(**given),
    )
    assert taken.key == step


def test_the_system_goes_on_only_after_the_limit() -> None:
    assert refused("closed", "close", "system", None).code == "not-yet"
    archived = choose(
        STANDARD, Standing("closed", overdue=True), "close", Doer(None, frozenset({"system"})), Given()
    )
    assert archived.to == "archived"


def test_what_lacks_is_named_all_at_once() -> None:
    refusal = refused("handling", "finish", "handler", text="  ")
    assert (refusal.code, refusal.en) == ("lacking", "'finish' needs evidence and a text.")
    assert refusal.zh == "“处置完成”还需要：佐证照片、说明。"


@pytest.mark.parametrize("rating", [-1, 6, 100])
def test_a_rating_is_one_to_five(rating: int) -> None:
    assert refused("closed", "rate", "reporter", None, rating=rating).code == "bad-rating"


@pytest.mark.parametrize("rating", [1, 5])
def test_the_ends_of_the_scale_are_ratings(rating: int) -> None:
    assert choose(
        STANDARD, Standing("closed"), "rate", Doer(None, frozenset({"reporter"})), Given(rating=rating)
    )


def test_no_rating_is_not_a_rating() -> None:
    assert refused("closed", "rate", "reporter", None).code == "lacking"


def test_a_screen_gets_every_step_with_why_not() -> None:
    found = {
        one.transition.key: one.refusal
        for one in options(STANDARD, Standing("handled"), Doer(1, frozenset({"verifier"})))
    }
    assert [key for key, refusal in found.items() if refusal is None] == ["verify", "rework"]
    assert found["correct"] is not None
    assert found["correct"].code == "not-your-role"


def test_every_need_and_role_has_its_words() -> None:
    assert set(NEED_WORDS) == set(Need)
    assert {role for step in STANDARD.transitions for role in step.by} <= set(ROLE_WORDS)


STATES = st.sampled_from([state.key for state in STANDARD.states])
STEPS = st.sampled_from([step.key for step in STANDARD.transitions])
ROLES = st.sets(st.sampled_from(sorted(ROLE_WORDS))).map(frozenset)


@given(STATES, STEPS, ROLES, st.booleans(), st.sampled_from([None, 1]))
def test_what_a_screen_offers_is_what_may_be_taken(
    state: str, step: str, roles: frozenset[str], overdue: bool, account: int | None
) -> None:
    standing = Standing(state, overdue, {Kind.FINISH: {1}})
    full = Given(
        *("理由", "说明", 3, "other", "330203001001", 5, "2026070100000001", 1),
        *(PHOTO, (2, 3), "2 working days", {"given": True}),
    )
    offered = {
        one.transition.key for one in options(STANDARD, standing, Doer(account, roles)) if one.refusal is None
    }
    try:
        taken = choose(STANDARD, standing, step, Doer(account, roles), full).key
    except Refused:
        taken = ""
    assert (taken == step) == (step in offered)


def test_no_step_leads_out_of_an_end() -> None:
    ends = {state.key for state in STANDARD.states if not steps_from(STANDARD, state.key)}
    assert ends == {"withdrawn", "merged"}


def test_every_refusal_is_a_sentence_in_both_languages() -> None:
    """Without any post nothing is open, whatever is asked."""
    for state in STANDARD.states:
        for step in STANDARD.transitions:
            with pytest.raises(Refused) as caught:
                choose(STANDARD, Standing(state.key), step.key, Doer(None, frozenset()), Given())
            assert (caught.value.zh[-1], caught.value.en[-1]) == ("。", ".")
