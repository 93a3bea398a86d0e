"""City management: the whole catalogue, and a procedure whose every step is told in a situation."""

import csv
import os
from pathlib import Path

import pytest

from gezhi.cases.situations import run_pack
from gezhi.cases.workdays import is_workday
from gezhi.packs.checking import limit_keys
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Pack

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GEZHI_SHARED_DATA", ROOT.parent / "shared" / "data"))
CODES = SHARED / "standards" / "gb47678_5_codes.csv"
KINDS = {"管理部件": "part", "管理事项": "matter"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(ROOT / "packs" / "city-management")


def test_it_has_153_parts_and_250_matters_in_ten_groups(pack: Pack) -> None:
    kinds = [category.kind for category in pack.categories]
    assert (kinds.count("part"), kinds.count("matter"), len(pack.groups)) == (153, 250, 10)


def test_codes_and_names_are_those_of_the_standard(pack: Pack) -> None:
    if not CODES.exists():
        pytest.skip(f"{CODES} is absent; GEZHI_SHARED_DATA names the folder of the shared data")
    with CODES.open(encoding="utf-8") as file:
        standard = [(KINDS[row["kind"]], row["code"], row["name"]) for row in csv.DictReader(file)]
    own = [(c.kind, c.code, c.name.zh) for c in pack.categories if c.kind != "local"]
    assert own == standard


def test_a_key_says_kind_and_code(pack: Pack) -> None:
    keys = {category.key for category in pack.categories if category.kind != "local"}
    assert keys == {f"{c.kind}-{c.code}" for c in pack.categories if c.kind != "local"}


def test_english_names_are_english_and_differ(pack: Pack) -> None:
    for kind in ("part", "matter"):
        names = [category.name.en for category in pack.categories if category.kind == kind]
        assert len(set(names)) == len(names)
        assert all(name.isascii() for name in names)


def test_every_category_has_a_duty_and_a_handling_limit(pack: Pack) -> None:
    functions = {function.key for function in pack.functions}
    limits = set(limit_keys(pack, "handling"))
    assert all(category.function in functions for category in pack.categories)
    assert all(f"handling.{category.limits}" in limits for category in pack.categories)


def test_everyday_words_are_plenty_and_belong_to_one_category(pack: Pack) -> None:
    words = [word for category in pack.categories for word in category.words]
    assert sum(bool(category.words) for category in pack.categories) >= 60
    assert len(set(words)) == len(words)


def test_every_limit_names_its_source(pack: Pack) -> None:
    sources = [value.source for parameter in pack.parameters for value in parameter.values]
    assert all(source.startswith("local parameter") for source in sources)


def test_every_situation_goes_as_it_says(pack: Pack) -> None:
    assert run_pack(pack, is_workday) == []


def test_every_step_of_the_procedure_is_told_in_a_situation(pack: Pack) -> None:
    told = {step.do for situation in pack.situations for step in situation.steps if not step.refused}
    assert told == {transition.key for transition in pack.procedures[0].transitions}
    assert len(pack.situations) >= 15


def test_every_way_to_refuse_is_told_in_a_situation(pack: Pack) -> None:
    refused = {step.refused for situation in pack.situations for step in situation.steps if step.refused}
    assert refused == {
        *("not-your-role", "own-work", "not-open", "not-yet", "lacking", "bad-rating", "already-rated"),
        *(
            "too-often",
            "too-late",
            "too-long",
            "bad-length",
            "called-already",
            "shares-open",
            "children-open",
        ),
        *("nothing-asked", "asked-already", "not-your-turn", "own-request", "no-order", "highest", "lowest"),
    }
