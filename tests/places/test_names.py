"""The place that a text means."""

import pytest

from gezhi.places.divisions import Division
from gezhi.places.names import PlaceNames

NINGBO = "330200000000"


@pytest.fixture
def names(divisions: list[Division]) -> PlaceNames:
    return PlaceNames([(d.code, d.name) for d in divisions], NINGBO)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("海曙区南门街道万安社区门口井盖坏了", "330203001001"),
        ("海曙万安社区的路灯不亮", "330203001001"),
        ("慈溪市万安社区，垃圾没人收", "330282101202"),
        ("西岙村的河又臭了", "330203100202"),
        ("住在高桥镇", "330203100000"),
        ("海曙区南门的人行道", "330203001000"),
        ("慈溪市西岙村", "330282000000"),
    ],
)
def test_names_in_a_text_lead_to_the_place(names: PlaceNames, text: str, code: str) -> None:
    meant = names.find(text)
    assert meant is not None
    assert meant.code == code


@pytest.mark.parametrize(
    "text", ["万安社区的路灯不亮", "今天天气很好", "", "南门外面很吵", "宁波市", "海曙区和慈溪市都这样"]
)
def test_what_cannot_be_told_apart_or_says_nothing_gives_nothing(names: PlaceNames, text: str) -> None:
    assert names.find(text) is None


def test_the_end_of_another_name_and_plain_words_prove_nothing(divisions: list[Division]) -> None:
    more = [*divisions, Division("330203100203", "里村村委会"), Division("330203100204", "城中村委会")]
    names = PlaceNames([(d.code, d.name) for d in more], NINGBO)
    assert names.find("七里村的路") is None
    assert names.find("城中村改造") is None


def test_only_deciding_words_are_shown(names: PlaceNames) -> None:
    meant = names.find("慈溪人来信：海曙区南门街道万安社区的井盖坏了")
    assert meant is not None
    assert meant.words == ("海曙区", "南门街道", "万安社区")


def test_more_evidence_is_more_certain_and_the_words_are_shown(names: PlaceNames) -> None:
    sure, less = names.find("海曙区南门街道万安社区"), names.find("西岙村")
    assert sure is not None
    assert less is not None
    assert sure.confidence > less.confidence
    assert sure.words == ("海曙区", "南门街道", "万安社区")


def test_a_name_that_two_villages_of_a_county_share_gives_the_county(divisions: list[Division]) -> None:
    twins = [
        *divisions,
        Division("330203001003", "中山社区居委会"),
        Division("330203100203", "中山社区居委会"),
    ]
    meant = PlaceNames([(d.code, d.name) for d in twins], NINGBO).find("中山社区有人占道")
    assert meant is not None
    assert meant.code == "330203000000"
    assert meant.confidence < 0.6


def test_only_the_scope_counts(divisions: list[Division]) -> None:
    cixi = PlaceNames([(d.code, d.name) for d in divisions], "330282000000")
    meant = cixi.find("万安社区的路灯不亮")
    assert meant is not None
    assert meant.code == "330282101202"
    assert cixi.find("海曙区南门街道") is None
    assert PlaceNames([], NINGBO).find("海曙区") is None
