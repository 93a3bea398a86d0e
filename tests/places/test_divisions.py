"""The national tables."""

import json
from pathlib import Path

import pytest

from gezhi.places.divisions import (
    DivisionsMissing,
    counts_by_level,
    full_name,
    full_names,
    likely_jurisdiction,
    read_divisions,
    spoken,
)

TABLES = {
    "provinces": [("33", "浙江省"), ("34", "安徽省")],
    "cities": [("3302", "宁波市"), ("3303", "温州市")],
    "areas": [("330203", "海曙区"), ("330303", "龙湾区"), ("330304", "瓯海区")],
    "streets": [
        ("330203001", "南门街道"),
        ("330303001", "永中街道"),
        ("330303002", "蒲州街道"),
        ("330304001", "娄桥街道"),
        ("330304002", "新桥街道"),
    ],
    "villages": [("330203001001", "万安社区居委会"), ("330203001002", '有"引号"村委会')],
}


@pytest.fixture(params=["csv", "json"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    for name, rows in TABLES.items():
        quoted = "".join('{},"{}"\n'.format(code, label.replace('"', '""')) for code, label in rows)
        text = {
            "csv": "code,name\n" + quoted,
            "json": json.dumps([{"code": code, "name": label} for code, label in rows]),
        }
        (tmp_path / f"{name}.{request.param}").write_text(text[request.param], encoding="utf-8")
    return tmp_path


def test_a_city_brings_all_below_and_its_province(folder: Path) -> None:
    found = read_divisions(folder, "330200000000")
    assert [d.code for d in found] == [
        "330000000000", "330200000000", "330203000000", "330203001000", "330203001001", "330203001002",
    ]  # fmt: skip
    assert found[-1].name == '有"引号"村委会'
    assert counts_by_level(found) == {"province": 1, "city": 1, "county": 1, "town": 1, "village": 2}


def test_an_unknown_code_and_missing_tables_say_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DivisionsMissing, match="no division 990000000000"):
        read_divisions(folder, "990000000000")
    with pytest.raises(DivisionsMissing, match=r"no provinces\.csv.*GEZHI_DIVISIONS_DIR"):
        read_divisions(tmp_path / "nowhere", "330200000000")


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("万安社区居委会", "万安社区"), ("东门社区居民委员会", "东门社区"), ("岭下村委会", "岭下村"),
        ("王家村村民委员会", "王家村"), ("南街居委会", "南街社区"), ("高桥镇", "高桥镇"),
    ],
)  # fmt: skip
def test_names_are_said_short(official: str, said: str) -> None:
    assert spoken(official) == said


def test_full_names_run_from_the_city_down_and_repeat_nothing(folder: Path) -> None:
    names = full_names(read_divisions(folder, "330200000000"))
    assert names["330203001001"] == "宁波市海曙区南门街道万安社区"
    assert (
        full_name("杭州市石桥街道华丰社区", "石桥街道华丰社区华丰社区第二网格")
        == "杭州市石桥街道华丰社区华丰社区第二网格"
    )


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["南门街道万安社区第一网格"], "330203000000"),
        (["永中街道", "南门街道"], ""),
        (["永中街道", "蒲州街道", "南门街道"], ""),
        (["永中街道", "蒲州街道"], "330303000000"),
        (["永中街道", "蒲州街道", "娄桥街道", "新桥街道"], "330300000000"),
        (["长安街"], ""),
        ([], ""),
    ],
)
def test_names_point_to_their_county_or_city_or_nowhere(folder: Path, texts: list[str], code: str) -> None:
    assert likely_jurisdiction(folder, texts) == code


def test_ningbo_has_its_official_numbers(tables: Path) -> None:
    counts = counts_by_level(read_divisions(tables, "330200000000"))
    assert counts == {"province": 1, "city": 1, "county": 10, "town": 162, "village": 3042}


def test_a_city_without_counties_keeps_its_towns(tables: Path) -> None:
    counts = counts_by_level(read_divisions(tables, "441900000000"))
    assert counts["county"] == 0
    assert counts["town"] > 30
