"""The rule language: what it means, how it refuses, and that columns agree with single values."""

import math
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gezhi.rules import RuleError, RuleType, compile_rule, renamed
from gezhi.rules.rule import AT_ONCE

NAMES: dict[str, RuleType] = {
    "a": "number",
    "b": "number",
    "p": "bool",
    "q": "bool",
    "kind": "text",
}
FACTS = {"a": 6, "b": 4.0, "p": True, "q": False, "kind": "gas leak"}
UNKNOWN = (None, math.nan, math.inf)


def answer(text: str, **facts: float | str | None) -> float | bool | str | None:
    return compile_rule(text, NAMES).value({**FACTS, **facts})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * 2", 14.0),
        ("(a + b) * 2", 20.0),
        ("a - b - 1", 1.0),
        ("-a + 7", 1.0),
        ("a / b", 1.5),
        ("a > 5 && b <= 4", True),
        ("p || 1 / 0 > 1", True),
        ("!p || q", False),
        ("a == 6", True),
        ("p != q", True),
        ("kind == 'gas leak'", True),
        ("kind in ['fire', \"gas leak\"]", True),
        ("a in [1, 2]", False),
        ("kind.contains('leak')", True),
        ("kind.startsWith('leak')", False),
        ("size(kind) == 8", True),
        ("p ? a : b", 6.0),
        ("q ? 'x' : kind", "gas leak"),
        ("min(a, b, 5)", 4.0),
        ("max(a, b)", 6.0),
        ("abs(b - a)", 2.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("round(1.005, 2)", 1.01),
        ("has(a)", True),
        ("'it\\'s' == \"it's\"", True),
        ("p in [true]", True),
        ("inside", 1.0),
    ],
)
def test_an_expression_means_what_it_says(text: str, expected: object) -> None:
    found = compile_rule(text, {**NAMES, "inside": "number"}).value({**FACTS, "inside": 1})
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 3", None),
        ("a == a", None),
        ("a in [6]", None),
        ("a > 3 && q", False),
        ("q && a > 3", False),
        ("a > 3 && p", None),
        ("a > 3 || p", True),
        ("!(a > 3)", None),
        ("a > 3 ? 1 : 2", None),
        ("min(a, b)", None),
        ("has(a)", False),
        ("has(a) && a > 3", False),
        ("has(a) ? a : b", 4.0),
        ("b / 0", None),
        ("b * 1e308 * 1e308", None),
        ("b / 0 > 1 || p", True),
    ],
)
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_what_is_unknown_stays_unknown_unless_the_rest_decides(
    text: str, expected: object, unknown: float | None
) -> None:
    assert answer(text, a=unknown) is expected or answer(text, a=unknown) == expected


def test_a_fact_of_another_type_is_unknown() -> None:
    assert answer("a > 1", a="many") is None
    assert answer("kind == 'gas'", kind=3) is None
    assert answer("a > 1", a=10**400) is None


@pytest.mark.parametrize(
    ("text", "column", "what", "allowed"),
    [
        ("a +", 4, "the rule ends too early", "a name"),
        ("a b", 3, "'b' does not fit here", "the end"),
        ("a @ b", 3, "'@' does not fit here", "=="),
        ("'gas", 1, "a text that does not end", "a name"),
        ("kindd == 'x'", 1, "there is no name 'kindd'", "did you mean 'kind'? one of a, b, kind, p, q"),
        ("1 + has(c)", 9, "there is no name 'c'", "one of a, b"),
        ("a && p", 1, "'&&' was given a number", "true or false"),
        ("p > 1", 1, "'>' was given true or false", "a number"),
        ("a == kind", 6, "'==' was given a text", "a number"),
        ("kind in ['a', 1]", 15, "'in' was given a number", "a text"),
        ("kind in []", 9, "'in' has nothing to choose from", "[1, 2] or ['a', 'b']"),
        ("a ? 1 : 2", 1, "'?' was given a number", "true or false"),
        ("p ? 1 : kind", 9, "':' was given a text", "a number"),
        ("1 < a < 3", 1, "'<' was given true or false", "a number"),
        ("sum(a, b)", 1, "there is no function 'sum'", "one of abs, has, max, min, round, size"),
        ("kind.matches('x')", 6, "there is no '.matches'", "one of contains, startsWith"),
        ("min(a)", 1, "'min' was given too few or too many values", "min(a, b)"),
        ("round(a, b)", 10, "one cannot round to that", "0 to 6 digits"),
        ("has(a + b)", 1, "'has' asks whether one name is known", "has(name)"),
        ("9e999", 1, "9e999 is too large", "numbers below 1e308"),
        ("-" * 80 + "1", 65, "too many things inside each other", "64 levels"),
        ("1 + " * 125 + "1", 501, "a rule of 501 characters", "at most 500"),
        ("__import__('os')", 1, "there is no function '__import__'", "one of abs"),
        ("kind.__class__", 1, "there is no name 'kind.__class__'", "one of a, b"),
    ],
)
def test_a_wrong_rule_says_where_what_and_what_is_allowed(
    text: str, column: int, what: str, allowed: str
) -> None:
    with pytest.raises(RuleError) as refused:
        compile_rule(text, NAMES)
    assert (refused.value.column, refused.value.what) == (column, what)
    assert allowed in refused.value.allowed


PARTED: dict[str, RuleType] = {"a": "number", "kind": "text", "other.level": "number", "other.name": "text"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("other.level > 1 && kind.contains('leak')", True),
        ("other.name.startsWith('gas')", True),
        ("has(other.level) ? other.level : a", 2.0),
        ("kind . contains ('leak')", True),
    ],
)
def test_a_name_may_have_two_parts(text: str, expected: object) -> None:
    facts = {"a": 1, "kind": "gas leak", "other.level": 2, "other.name": "gas 7"}
    assert compile_rule(text, PARTED).value(facts) == expected


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("other.depth > 1", 1, "there is no name 'other.depth'"),
        ("other > 1", 1, "there is no name 'other'"),
        ("other.level.more > 1", 18, "'>' does not fit here"),
        ("other .level > 1", 14, "'>' does not fit here"),
        ("other.level(1)", 1, "there is no name 'other'"),
    ],
)
def test_a_wrong_name_of_two_parts_is_told_as_one(text: str, column: int, what: str) -> None:
    with pytest.raises(RuleError) as refused:
        compile_rule(text, PARTED)
    assert (refused.value.column, refused.value.what) == (column, what)


def test_a_name_of_two_parts_is_renamed_as_one() -> None:
    assert renamed("other.level + level.contains('x')", {"other.level": "b"}) == "b + level.contains('x')"


def test_a_rule_knows_its_type_and_the_names_that_it_asks_for() -> None:
    rule = compile_rule("has(a) && kind == 'x'", NAMES)
    assert rule.type == "bool" and rule.names == ("a", "kind")


def test_a_rule_can_be_said_over_other_names() -> None:
    text = "has(a) && kind.contains('a kind') ? size(kind) + a : size"
    names = {"a": "a_2", "kind": "sort", "contains": "x", "has": "x"}
    assert renamed(text, names) == "has(a_2) && sort.contains('a kind') ? size(sort) + a_2 : size"


def test_columns_are_as_long_as_what_is_given_even_where_nothing_is_asked() -> None:
    assert compile_rule("1 + 1", NAMES).columns({"a": np.zeros(3)}).tolist() == [2.0, 2.0, 2.0]
    assert np.isnan(compile_rule("a", NAMES).columns({"b": np.zeros(2)})).all()


def test_columns_of_any_length_are_computed_piece_by_piece() -> None:
    a = np.arange(2 * AT_ONCE + 5, dtype=np.float64)
    a[AT_ONCE] = np.nan
    found = compile_rule("a * 2", NAMES).columns({"a": a})
    np.testing.assert_array_equal(found, a * 2)
    assert compile_rule("a * 2", NAMES).columns({"a": a[:6].reshape(2, 3)}).shape == (2, 3)


def test_text_has_no_columns() -> None:
    with pytest.raises(RuleError, match="texts cannot be computed over columns"):
        compile_rule("p && kind == 'x'", NAMES).columns({"p": np.zeros(2)})


numbers = st.sampled_from(["a", "b", "0", "1", "2.5", "1e308", "0.1"])
truths = st.sampled_from(["p", "q", "true", "false", "has(a)", "has(p)"])


def _more_numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "round", "-"]), inner),
        st.builds("round({}, {})".format, inner, st.sampled_from("0126")),
        st.builds("({} ? {} : {})".format, truths, inner, inner),
    )


def _comparisons(numeric: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    symbols = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        truths,
        st.builds("({} {} {})".format, numeric, symbols, numeric),
        st.builds("({} in [{}, {}])".format, numeric, numeric, numeric),
    )


def _more_truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||", "==", "!="]), inner),
        st.builds("!{}".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    )


numeric_rules = st.recursive(numbers, _more_numbers, max_leaves=6)
rules = st.one_of(numeric_rules, st.recursive(_comparisons(numeric_rules), _more_truths, max_leaves=4))
some_numbers = st.one_of(
    st.none(), st.integers(-3, 3), st.floats(), st.sampled_from([0.0, -0.0, 0.5, 1.5, 2.675, 1e300])
)
rows = st.lists(
    st.tuples(some_numbers, some_numbers, st.sampled_from([None, True, False]), st.booleans()),
    min_size=1,
    max_size=5,
)


@given(rules.filter(lambda text: len(text) <= 500), rows)
def test_columns_say_the_same_as_single_values(text: str, given_rows: list[tuple[float | None, ...]]) -> None:
    rule = compile_rule(text, NAMES)
    singly = [rule.value(dict(zip("abpq", row, strict=True))) for row in given_rows]
    arrays = dict(zip("abpq", np.array(given_rows, dtype=np.float64).T, strict=True))
    expected = np.array([math.nan if value is None else value for value in singly], dtype=np.float64)
    np.testing.assert_array_equal(rule.columns(arrays), expected)


@given(
    st.one_of(
        st.text(max_size=600),
        st.lists(
            st.sampled_from(
                "a b p kind 1 2.5 'x' + - * / == < in [ ] ( ) && || ! ? : , . min round has size contains".split()
            ),
            max_size=60,
        ).map(" ".join),
    )
)
@example("(" * 249 + "1" + ")" * 249)
@example("!" * 499 + "p")
@example("a in [" + "1," * 240 + "1]")
@example("min(" + "a," * 240 + "a)")
@example("1e309")
@example("'\\")
@example("\x00")
def test_nothing_but_a_rule_error_comes_of_any_text(text: str) -> None:
    with suppress(RuleError):
        rule = compile_rule(text, NAMES)
        rule.value({})
        rule.value(FACTS)


def test_unknowns_obey_three_valued_logic() -> None:
    kleene = {True: 1.0, None: 0.5, False: 0.0}
    both, either = compile_rule("p && q", NAMES), compile_rule("p || q", NAMES)
    for p, q in product(kleene, repeat=2):
        found = both.value({"p": p, "q": q}), either.value({"p": p, "q": q})
        assert [kleene[one] for one in found] == [min(kleene[p], kleene[q]), max(kleene[p], kleene[q])]
