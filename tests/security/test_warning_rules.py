"""Rules of warnings are data of a pack, checked when it loads."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from gezhi.packs.loading import read_pack
from gezhi.packs.problems import PackRefused
from gezhi.packs.shapes import WarningRule
from gezhi.people.signals import SIGNALS
from tests.house.tree import ROOT, files_under, syntax_of

RULE: Mapping[str, object] = {
    "key": "many-exports",
    "title": {"zh": "大量导出", "en": "Many exports"},
    "signals": ["export"],
    "by": "account",
    "within": "1 hours",
    "levels": {"blue": 5, "orange": 20},
    "quiet": "2 hours",
    "todo": {"zh": "核实用途", "en": "Ask what for"},
    "source": "this project",
}


def rule(**changes: object) -> WarningRule:
    return WarningRule.model_validate({**RULE, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"levels": {}},
        {"levels": {"blue": 20, "orange": 5}},
        {"levels": {"blue": 5, "yellow": 5}},
        {"levels": {"blue": 0}},
        {"levels": {"purple": 5}},
        {"opens": "orange"},
        {"category": "sec-leak"},
        {"sums": "rows", "distinct": "account"},
        {"within": "2 working days"},
        {"hours": "25:00-06:00"},
        {"hours": "06:00-06:00"},
        {"by": "person"},
        {"signals": []},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: Mapping[str, object]) -> None:
    with pytest.raises(ValidationError):
        rule(**changes)


def test_a_rule_is_read_as_it_is_written() -> None:
    assert rule(hours="22:00-06:00", sums="rows").levels == {"blue": 5, "orange": 20}


def written(folder: Path, **changes: object) -> Path:
    """A pack of one rule."""
    pack = folder / "alarms"
    pack.mkdir()
    (pack / "pack.yaml").write_text(
        "name: alarms\nversion: 1.0.0\ntitle: {zh: 一, en: One}\nabout: {zh: 一, en: One}\nsource: this project\n"
    )
    (pack / "CHANGELOG.md").write_text("## 1.0.0\n")
    lines = [f"    {key}: {_yaml(value)}\n" for key, value in {**RULE, **changes}.items()]
    (pack / "warnings.yaml").write_text("warnings:\n  -\n" + "".join(lines))
    return pack


def _yaml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {one}" for key, one in value.items()) + "}"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def test_a_pack_may_hold_rules_alone(tmp_path: Path) -> None:
    pack = read_pack(written(tmp_path))
    assert [one.key for one in pack.warnings] == ["many-exports"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signals": ["exprot"]}, "there is no signal 'exprot'. Allowed: did you mean 'export'"),
        ({"sums": "bytes"}, "not every signal tells 'bytes'"),
        ({"opens": "red", "category": "sec-leak"}, "the rule never reaches 'red'"),
        ({"opens": "blue", "category": "sec-leak"}, "there is no category 'sec-leak'"),
    ],
)
def test_a_rule_about_what_is_not_there_is_told_where_it_stands(
    tmp_path: Path, changes: Mapping[str, object], told: str
) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(written(tmp_path, **changes))
    assert told in str(refused.value)
    assert "warnings.yaml:" in str(refused.value)


def test_every_signal_is_named_in_both_languages() -> None:
    assert all(one.zh and one.en and key == one.key for key, one in SIGNALS.items())


RECORDERS = ("record_signal", "raise_signal", "note", "_signal")


def kinds_told() -> set[str]:
    """Every kind that is written as a word where a signal is told, or named by a constant of the same file."""
    found = set[str]()
    for path in files_under("src/gezhi"):
        tree = syntax_of(path)
        names = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in RECORDERS and call.args:
                kind = call.args[0]
                if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                    found.add(kind.value)
                elif isinstance(kind, ast.Name) and kind.id in names:
                    found.add(names[kind.id])
    return found


def test_every_signal_that_is_told_is_on_the_list() -> None:
    told = kinds_told()
    assert {"wrong-key", "bulk-read", "backup.stale", "ledger-broken", "break-glass"} <= told
    assert told <= set(SIGNALS), f"Add these to people/signals.py: {told - set(SIGNALS)}"


def test_every_signal_but_the_plain_ones_has_a_rule() -> None:
    """What no rule counts is kept for whoever looks, on purpose."""
    pack = read_pack(ROOT / "packs/security")
    counted = {kind for one in pack.warnings for kind in one.signals}
    assert set(SIGNALS) - counted == {"signed-in-from-new-address", "break-glass", "outside-fault"}
