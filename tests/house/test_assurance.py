"""The table of the security standard: every row of levels 1 and 2 once, each verdict with what it rests on."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.house.tree import ROOT
from tools.assurance import MET, NOT_APPLICABLE, PAGE, VERDICTS, Row, page_of, rows_in

# OWASP ASVS 5.0.0: the level of each requirement of a section, in order.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
ROWS = rows_in()


def wanted() -> Iterator[tuple[str, int]]:
    for section, levels in LEVELS.items():
        for at, level in enumerate(levels, 1):
            if level != "3":
                yield f"{section}.{at}", int(level)


def missing_place(place: str) -> str:
    """What of `file:words` or `page#heading` is not there; "" for nothing."""
    path, _, words = place.partition(":")
    path, _, heading = path.partition("#")
    if not (ROOT / path).exists():
        return f"no file {path}"
    if words and words not in (ROOT / path).read_text():
        return f"no '{words}' in {path}"
    if heading and heading not in headings_of(path):
        return f"no heading '{heading}' in {path}"
    return ""


@cache
def headings_of(path: str) -> frozenset[str]:
    """As links name them."""
    titles = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(), re.M)
    return frozenset(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles)


@cache
def functions_in(path: str) -> frozenset[str]:
    if not (ROOT / path).exists():
        return frozenset()
    found = ast.walk(ast.parse((ROOT / path).read_text()))
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    assert [(row.id, row.level) for row in ROWS] == list(wanted())
    assert [sum(row.level == level for row in ROWS) for level in (1, 2)] == [70, 183]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_verdict_rests_on_what_exists(row: Row) -> None:
    assert row.verdict in VERDICTS
    assert row.what
    assert row.how, "say how, why not, or what is missing"
    assert not [said for place in row.code if (said := missing_place(place))]
    for test in row.tests:
        path, _, name = test.partition("::")
        assert name.startswith("test_"), test
        assert name in functions_in(path), test
    if row.verdict == MET:
        assert row.code, "name what does it"
        assert row.tests, "name a test that shows it"
    if row.verdict == NOT_APPLICABLE:
        assert not row.tests


def test_the_committed_table_is_the_one_of_the_data() -> None:
    assert PAGE.read_text() == page_of(ROWS), "Write it again: python -m tools.assurance"


def test_each_measure_against_a_threat_is_shown_by_a_test() -> None:
    page = ROOT / "docs/assurance/threat-model.md"
    _, _, table = page.read_text().partition("| threat | measure | shown by | left |\n")
    lines = [line for line in table.partition("\n\n")[0].splitlines()[1:] if line]
    assert len(lines) >= 20
    for line in lines:
        links = re.findall(r"\[`(test_\w+)`\]\(\.\./\.\./(tests/[\w/]+\.py)\)", line)
        assert links, line
        assert not [name for name, path in links if name not in functions_in(path)], line


def test_the_rule_sees_what_is_not_there() -> None:
    assert missing_place("src/gezhi/nowhere.py") == "no file src/gezhi/nowhere.py"
    assert missing_place("pyproject.toml:no such words in it") == "no 'no such words in it' in pyproject.toml"
    assert missing_place("docs/guide/accounts.md#no-such-heading")
    assert missing_place("docs/guide/accounts.md#wrong-tries") == ""
    assert "test_nothing" not in functions_in("tests/house/test_assurance.py")
