"""What is answered to a form: read, checked, hidden, filled in ahead and shown."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.packs.forms import Answers, KnownValue, check_answers, prefilled, read_answers, said_answers, shown
from gezhi.packs.shapes import Form
from tests.packs.forms import example, smoking_building

FORM = smoking_building()
WHOLE: dict[str, object] = {"trapped": False, "storeys": 6, "seen_on": "2026-07-01"}


def checked(strict: bool = True, **values: object) -> Answers:
    return check_answers(FORM, WHOLE | values, strict=strict)


def keys(answers: Mapping[str, object]) -> list[str]:
    return [one.key for one in shown(FORM, answers)]


def test_right_answers_are_kept_as_they_are() -> None:
    given_ = WHOLE | {"use": "shop", "inside": ["gas", "battery"], "place_note": "往里走"}
    assert check_answers(FORM, given_) == Answers(given_, {})


def test_fields_appear_when_their_condition_holds() -> None:
    assert keys({}) == ["trapped", "storeys", "use", "inside", "seen_on", "place_note"]
    assert "trapped_count" in keys({"trapped": True})
    assert "trapped_count" not in keys({"trapped": 1})
    assert keys({"use": "factory"})[-2:] == ["gate_code", "caller"]


def test_what_is_hidden_is_dropped_and_never_missing() -> None:
    plain = example()
    plain["schema"]["required"].append("trapped_count")  # type: ignore[index]
    form = Form.model_validate(plain)
    assert check_answers(form, WHOLE | {"trapped_count": "many", "gate_code": "x"}) == Answers(WHOLE, {})
    assert list(check_answers(form, WHOLE | {"trapped": True}).faults) == ["trapped_count"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("storeys", "6", "must be a whole number"),
        ("storeys", 6.5, "must be a whole number"),
        ("storeys", True, "must be a whole number"),
        ("storeys", 0, "must be at least 1"),
        ("storeys", 121, "must be at most 120"),
        ("storeys", float("nan"), "must be a whole number"),
        ("storeys", 10**400, "must be a whole number"),
        ("storeys", {"a": []}, "must be a whole number"),
        ("trapped", "true", "must be true or false"),
        ("use", "castle", "must be one of home, shop, factory"),
        ("inside", "gas", "must be a list of the choices"),
        ("inside", ["gas", "water"], "must be one of gas, battery, chemicals"),
        ("inside", ["gas", 1], "must be a list"),
        ("inside", [["gas"]] * 99, "must be a list"),
        ("seen_on", "2026-02-30", "must be a day"),
        ("seen_on", "0001-01-01", "must be a day"),
        ("place_note", "长" * 201, "at most 200 characters"),
        ("place_note", "a\0b", "cannot be kept"),
        ("place_note", "\ud800", "cannot be kept"),
        ("nothing", 1, "is not asked; known are"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(field: str, value: object, words: str) -> None:
    found = checked(**{field: value})
    assert list(found.faults) == [field]
    assert words in found.faults[field][1]
    assert field not in found.values


def test_a_pattern_is_explained_by_the_hint() -> None:
    found = checked(use="factory", gate_code="12")
    assert found.faults["gate_code"] == (
        "格式不对。4 到 6 位数字，可带 #",
        "is not written as asked. 4 to 6 digits, # if there is one",
    )


def test_a_missing_answer_is_a_fault_only_where_a_person_can_be_asked() -> None:
    assert check_answers(FORM, {}).faults.keys() == {"trapped", "storeys", "seen_on"}
    assert check_answers(FORM, {}, strict=False) == Answers()
    assert check_answers(FORM, {"storeys": 0}, strict=False).faults.keys() == {"storeys"}


def test_texts_are_read_as_people_write_them() -> None:
    raw = {
        "trapped": ["是"],
        "trapped_count": ["３"],
        "storeys": [" 6 "],
        "use": ["厂房"],
        "inside": ["gas， Chemicals"],
        "seen_on": ["2026/7/1"],
        "gate_code": ["1234#"],
        "caller": ["  老  王 "],
        "other": ["passed over"],
    }
    assert read_answers(FORM, raw) == Answers(
        {
            "trapped": True,
            "trapped_count": 3,
            "storeys": 6,
            "use": "factory",
            "inside": ["gas", "chemicals"],
            "seen_on": "2026-07-01",
            "gate_code": "1234#",
            "caller": "老 王",
        }
    )


@pytest.mark.parametrize(
    ("field", "text"), [("storeys", "six"), ("trapped", "maybe"), ("seen_on", "gestern"), ("use", "castle")]
)
def test_a_text_that_means_nothing_is_told(field: str, text: str) -> None:
    raw = {"trapped": ["false"], "storeys": ["6"], "seen_on": ["2026-07-01"], field: [text]}
    assert list(read_answers(FORM, raw).faults) == [field]


def with_element() -> Form:
    plain = example()
    plain["layout"][1]["fields"][0]["element"] = "house-storeys"  # type: ignore[index]
    plain["layout"][1]["fields"][1]["element"] = "house-use"  # type: ignore[index]
    return Form.model_validate(plain)


def test_a_known_element_needs_no_answer_and_opens_what_depends_on_it() -> None:
    known = {"house-storeys": KnownValue("6 层"), "house-use": KnownValue("厂房", value="factory")}
    rest = {"trapped": False, "seen_on": "2026-07-01", "gate_code": "1234"}
    assert check_answers(with_element(), rest, known=known) == Answers(rest)
    corrected = check_answers(with_element(), rest | {"use": "home"}, known=known)
    assert corrected.values == {"trapped": False, "seen_on": "2026-07-01", "use": "home"}


def test_what_is_known_of_the_report_fills_the_form_ahead() -> None:
    facts = {"address": "南路" * 200, "today": "2026-07-01", "reporter-name": "小林"}
    found = prefilled(FORM, facts)
    assert (found["seen_on"], found["caller"], len(found["place_note"])) == ("2026-07-01", "小林", 200)


def test_answers_read_in_both_languages_in_the_order_of_the_form() -> None:
    values = WHOLE | {"inside": ["gas", "battery"], "use": "shop", "unknown": 1}
    assert said_answers(FORM, values, "zh-hans")[:4] == [
        ("有人被困吗", "否"),
        ("层数", "6"),
        ("用途", "商铺"),
        ("里面有", "煤气罐、电动车电池"),
    ]
    assert said_answers(FORM, values, "en")[3] == (
        "Inside are",
        "Gas bottles, Batteries of electric bicycles",
    )


def test_answers_that_do_not_fit_together_are_told_at_the_first_field_that_the_check_asks() -> None:
    crowded = checked(trapped=True, trapped_count=300, storeys=1)
    assert crowded.faults == {
        "trapped_count": ("平房里不会有这么多人", "a house of one storey holds fewer people")
    }
    assert crowded.values == {"trapped": True, "storeys": 1, "seen_on": "2026-07-01"}
    assert not checked(trapped=True, trapped_count=300, storeys=2).faults
    assert checked(trapped=True, trapped_count=300, storeys=0).faults.keys() == {"storeys"}


def test_what_is_unknown_passes_a_check_unless_the_check_asks_for_an_answer() -> None:
    assert not checked(trapped=True, storeys=1).faults
    assert checked(use="factory").faults.keys() == {"gate_code"}
    assert not checked(use="factory", caller="王").faults
    assert not checked(use="shop").faults


def test_where_answers_may_be_missing_a_check_needs_all_of_its_fields() -> None:
    assert not checked(strict=False, use="factory").faults
    assert checked(strict=False, trapped=True, trapped_count=300, storeys=1).faults.keys() == {
        "trapped_count"
    }


def with_check(when: str, **more: object) -> Form:
    why = {"zh": "不符", "en": "does not fit"}
    return Form.model_validate(example() | {"checks": [{"when": when, "why": why}], **more})


@pytest.mark.parametrize(
    ("when", "given_", "right"),
    [
        ("seen_on < 100000", {}, False),
        ("!inside.contains('battery') || inside.contains('gas')", {"inside": ["battery"]}, False),
        ("!inside.contains('battery') || inside.contains('gas')", {"inside": ["battery", "gas"]}, True),
        ("use in ['home', 'shop']", {"use": "shop"}, True),
        ("place_note != 'x'", {"place_note": "x"}, False),
        ("storeys == trapped_count", {}, True),
        ("caller == 'x'", {"caller": "y"}, True),  # hidden: unknown
    ],
)
def test_a_check_sees_days_as_numbers_and_choices_as_text(
    when: str, given_: dict[str, object], right: bool
) -> None:
    assert (not check_answers(with_check(when), WHOLE | given_).faults) is right


def test_days_and_times_of_a_form_can_be_compared() -> None:
    plain = with_check("done_at - seen_on <= 30 && done_at >= seen_on").model_dump(by_alias=True)
    plain["schema"]["properties"]["done_at"] = {"type": "string", "format": "date-time"}
    plain["layout"][0]["fields"] += ({"key": "done_at", "title": {"zh": "完成", "en": "Done"}},)
    form = Form.model_validate(plain)
    for done, right in [
        ("2026-07-01T00:00", True),
        ("2026-07-31T00:00:00+08:00", True),
        ("2026-07-31T00:01", False),
        ("2026-06-30T23:59", False),
    ]:
        assert (not check_answers(form, WHOLE | {"done_at": done}).faults) is right


def test_a_known_element_counts_in_a_check_and_the_fault_stands_at_what_was_asked() -> None:
    form = with_check("storeys <= 3 || has(gate_code)")
    assert check_answers(form, WHOLE).faults.keys() == {"storeys"}
    plain = form.model_dump(by_alias=True)
    plain["layout"][1]["fields"][1]["element"] = "house-use"
    plain["checks"][0]["when"] = "use == 'home' || storeys < 3"
    known = {"house-use": KnownValue("商铺", value="shop")}
    assert check_answers(Form.model_validate(plain), WHOLE, known=known).faults.keys() == {"use"}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from([*FORM.form_schema.properties, "other", "\0"])


@given(st.dictionaries(FIELDS, ANY, max_size=9), st.booleans())
def test_no_value_breaks_the_check(values: dict[str, object], strict: bool) -> None:
    found = check_answers(FORM, values, strict=strict)
    assert not found.values.keys() & found.faults.keys()
    assert check_answers(FORM, found.values, strict=False) == Answers(found.values)
    said_answers(FORM, values, "en")
    shown(FORM, values)


@given(st.dictionaries(FIELDS, st.lists(st.text(), max_size=3), max_size=9))
def test_no_text_breaks_the_reading(raw: dict[str, list[str]]) -> None:
    found = read_answers(FORM, raw)
    assert check_answers(FORM, found.values, strict=False) == Answers(found.values)
