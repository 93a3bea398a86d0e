"""What the documents promise exists."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, own_files, short

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(?:sh|console|bash)\n(.*?)^```", re.S | re.M)
TARGET = re.compile(r"\bmake ([a-z]+)\b")
PAGES = [path for path in own_files() if path.suffix == ".md"]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")


def dead_links(page: Path, text: str) -> list[str]:
    local = (
        link.split("#")[0] for link in LINK.findall(text) if "://" not in link and not link.startswith("#")
    )
    return [link for link in local if link and not (page.parent / link).exists()]


def commands_of(text: str) -> list[str]:
    lines = (line.split("#")[0].strip() for block in FENCE.findall(text) for line in block.splitlines())
    return [line for line in lines if line]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M))


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_links_lead_somewhere(page: Path) -> None:
    assert dead_links(page, page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_make_targets_in_documents_exist(page: Path) -> None:
    named = {name for line in commands_of(page.read_text(encoding="utf-8")) for name in TARGET.findall(line)}
    assert named <= targets()


def test_both_readmes_list_the_same_commands() -> None:
    english, chinese = (commands_of(page.read_text(encoding="utf-8")) for page in READMES)
    assert english
    assert english == chinese


def test_the_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci/run").read_text().splitlines()
    assert {"make test", "make check"} <= set(script)
    assert {"make test", "make check"} <= set(commands_of(READMES[0].read_text(encoding="utf-8")))


def test_the_rule_sees_a_dead_link_and_a_command() -> None:
    assert dead_links(ROOT / "README.md", "[x](docs/nowhere.md)") == ["docs/nowhere.md"]
    assert dead_links(ROOT / "README.md", "[x](Makefile) [y](https://example.org)") == []
    assert commands_of("```sh\nmake demo   # a city\n```\n") == ["make demo"]
