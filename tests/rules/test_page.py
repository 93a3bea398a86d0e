"""The examples of the page on the rule language are true, and none of the language is without one."""

import re
from itertools import chain

import pytest

from gezhi.rules import RuleType, compile_rule
from gezhi.rules.operators import BINARY, FUNCTIONS, METHODS, UNARY
from tests.house.tree import ROOT

PAGE = (ROOT / "docs/reference/rule-language.md").read_text(encoding="utf-8")
NAMES: dict[str, RuleType] = {
    "storeys": "number",
    "area": "number",
    "trapped": "bool",
    "gas_off": "bool",
    "kind": "text",
    "grade": "number",
    "note": "text",
    "other.level": "number",
    "other.flow": "number",
}
Said = float | bool | str | None


def blocks(of: str) -> list[str]:
    found = re.findall(rf"^```{of}\n(.*?)^```", PAGE, re.S | re.M)
    return list(chain.from_iterable(block.splitlines() for block in found))


def meant(text: str) -> Said:
    return None if text == "unknown" else compile_rule(text, {}).value({})


FACTS = {name: meant(text) for name, text in (line.split(" = ") for line in blocks("facts"))}
EXAMPLES = [tuple(re.split(r"\s{2,}", line)) for line in blocks("rules")]


@pytest.mark.parametrize(("rule", "result"), EXAMPLES)
def test_an_example_gives_what_the_page_says(rule: str, result: str) -> None:
    found = compile_rule(rule, NAMES).value(FACTS)
    assert (type(found), found) == (type(meant(result)), meant(result))


def test_every_operator_and_function_has_an_example() -> None:
    rules = " ".join(rule for rule, _ in EXAMPLES)
    wanted = [*BINARY, *UNARY, *FUNCTIONS, *METHODS, "&&", "||", "==", "!=", " in [", " ? ", "has("]
    assert [one for one in wanted if one not in rules] == []


def test_the_facts_of_the_page_are_those_of_the_examples() -> None:
    assert FACTS.keys() == NAMES.keys()
