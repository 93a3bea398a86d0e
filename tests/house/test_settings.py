"""Every setting that is read is described, and nothing else is."""

import re

from tests.house.tree import ROOT, files_under

SETTING = re.compile(r"\bGEZHI_[A-Z0-9_]*[A-Z0-9]\b|\bDATABASE_URL\b")


def settings_in(text: str) -> set[str]:
    return set(SETTING.findall(text))


def described() -> set[str]:
    """The first column of the table."""
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    return {
        name
        for line in page.splitlines()
        if line.startswith("| `")
        for name in settings_in(line.split("|")[1])
    }


def read_by_code() -> set[str]:
    return {
        name
        for path in files_under("src", "tools", "tests", "benchmarks")
        if path.parts[-2] != "house"
        for name in settings_in(path.read_text(encoding="utf-8"))
    }


def test_every_setting_is_described_and_every_description_is_a_setting() -> None:
    assert read_by_code() == described()


def test_the_example_environment_names_real_settings() -> None:
    example = (ROOT / "deploy/env.example").read_text(encoding="utf-8")
    assert settings_in(example) <= described()


def test_the_rule_sees_a_setting() -> None:
    assert settings_in('os.environ.get("GEZHI_NODE_PLACE", "")') == {"GEZHI_NODE_PLACE"}
    assert settings_in("gezhi serve") == set()
