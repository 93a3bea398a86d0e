"""Several forms become one: each element asked once."""

from pathlib import Path

import pytest

from gezhi.packs.forms import KnownValue, check_answers, fields_of
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Form, FormCheck, Pack, ShowIf
from gezhi.rounds.knowing import by_element
from gezhi.rounds.merging import Unified, unified
from tests.packs import small
from tests.rounds.pack import FILES


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return read_pack(small.write(tmp_path, FILES))


def forms(pack: Pack, *keys: str) -> Unified:
    known = {form.key: form for form in pack.forms}
    found = unified([(f"{key}-plan", known[key]) for key in keys])
    assert found is not None
    return found


def test_nothing_to_ask_makes_no_form() -> None:
    assert unified([]) is None


def test_one_form_stays_as_it_is(pack: Pack) -> None:
    assert forms(pack, "danger").form is pack.forms[[form.key for form in pack.forms].index("danger")]


def test_an_element_of_both_is_asked_once_and_first(pack: Pack) -> None:
    both = forms(pack, "danger", "house")
    keys = [one.key for _, one in fields_of(both.form)]
    assert keys == ["danger_grade", "storeys", "note", "note_2"]
    elements = [one.element for _, one in fields_of(both.form) if one.element]
    assert len(elements) == len(set(elements))


def test_each_plan_gets_the_answers_that_its_own_form_asks(pack: Pack) -> None:
    both = forms(pack, "danger", "house")
    values = {"danger_grade": "C", "storeys": 3, "note": "裂缝未扩大", "note_2": "住户在家"}
    answers = check_answers(both.form, values)
    assert not answers.faults
    assert both.answers_of("danger-plan", answers.values) == {
        "danger_grade": "C",
        "storeys": 3,
        "note": "裂缝未扩大",
    }
    assert both.answers_of("house-plan", answers.values) == {"floors": 3, "note": "住户在家"}
    assert by_element(both.form, answers.values) == {"danger-grade": "C", "storeys": 3}


def checked(form: Form, *whens: str) -> Form:
    why = {"zh": "不符", "en": "does not fit"}
    checks = tuple(FormCheck.model_validate({"when": when, "why": why}) for when in whens)
    return form.model_copy(update={"checks": checks})


def test_the_checks_of_each_form_ask_the_fields_as_they_are_called_now(pack: Pack) -> None:
    known = {form.key: form for form in pack.forms}
    house = checked(known["house"], "floors < 20 || note == 'floors'", "floors.contains('1')")
    both = unified([("danger-plan", known["danger"]), ("house-plan", house)])
    assert both is not None
    assert [check.when for check in both.form.checks] == ["storeys < 20 || note_2 == 'floors'"]
    values = {"danger_grade": "C", "storeys": 30, "note": "高", "note_2": "住户在家"}
    assert check_answers(both.form, values).faults == {"storeys": ("不符", "does not fit")}
    assert not check_answers(both.form, values | {"storeys": 3}).faults


def test_plans_that_share_a_form_ask_it_once(pack: Pack) -> None:
    danger = next(form for form in pack.forms if form.key == "danger")
    house = next(form for form in pack.forms if form.key == "house")
    shared = unified([("grade-c", danger), ("grade-d", danger)])
    assert shared is not None
    assert shared.form is danger
    three = unified([("grade-c", danger), ("grade-d", danger), ("visit", house)])
    assert three is not None
    assert [one.key for _, one in fields_of(three.form)] == ["danger_grade", "storeys", "note", "note_2"]
    values = {"note": "无变化"}
    assert three.answers_of("grade-c", values) == three.answers_of("grade-d", values) == values


def test_what_one_form_requires_the_one_form_requires_unless_it_is_known(pack: Pack) -> None:
    both = forms(pack, "danger", "house").form
    assert set(check_answers(both, {}).faults) == {"danger_grade", "storeys", "note"}
    known = {"storeys": KnownValue("3", value=3), "danger-grade": KnownValue("C", value="C")}
    assert set(check_answers(both, {}, known=known).faults) == {"note"}


def conditional(form: Form, key: str, on: str) -> Form:
    """The form with one field that is shown when another says yes."""
    show = ShowIf.model_validate({"field": on, "in": [True]})
    groups = tuple(
        group.model_copy(
            update={
                "fields": tuple(
                    one.model_copy(update={"show_if": show}) if one.key == key else one
                    for one in group.fields
                )
            }
        )
        for group in form.layout
    )
    return form.model_copy(update={"layout": groups})


def test_a_condition_follows_its_field_to_the_new_name(pack: Pack) -> None:
    house = next(form for form in pack.forms if form.key == "house")
    shown = conditional(house, "note", "floors")
    danger = next(form for form in pack.forms if form.key == "danger")
    both = unified([("danger", danger), ("house", shown)])
    assert both is not None
    last = [one for _, one in fields_of(both.form)][-1]
    assert last.key == "note_2"
    assert last.show_if is not None
    assert last.show_if.field == "storeys"


def test_an_element_that_one_form_asks_always_is_asked_always(pack: Pack) -> None:
    danger = conditional(next(form for form in pack.forms if form.key == "danger"), "storeys", "danger_grade")
    house = next(form for form in pack.forms if form.key == "house")
    both = unified([("danger", danger), ("house", house)])
    assert both is not None
    storeys = next(one for _, one in fields_of(both.form) if one.element == "storeys")
    assert storeys.show_if is None
    assert "storeys" in both.form.form_schema.required
