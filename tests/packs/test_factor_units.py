"""Packs and the table of HJ 212 factors say the same unit: a station without a word of its own is read right."""

import pytest
from django.conf import settings

from gezhi.exchange.hj212.factors import factor_of
from gezhi.packs.loading import read_pack
from gezhi.packs.units import UNITS, unit_of

STATIONS = {"air-station": "22", "air-micro-station": "22", "stack-monitor": "31", "toxic-detector": "31"}
SAME = {"%vol": "%"}  # a share of the volume, which the table calls per cent
NAMES = [one.name for one in sorted(settings.PACKS_DIR.iterdir()) if (one / "things.yaml").exists()]


def table_unit(kind: str, code: str) -> str:
    factor = factor_of(STATIONS.get(kind, ""), code)
    return unit_of(factor.unit.replace("\u03bc", "\u00b5"), "") if factor else ""


@pytest.mark.parametrize("name", NAMES)
def test_what_a_pack_says_that_stations_send_is_what_the_table_says(name: str) -> None:
    pack = read_pack(settings.PACKS_DIR / name, [settings.PACKS_DIR])
    sent = [
        (kind.key, one.code, one.sent_in or one.unit)
        for kind in pack.things
        for one in kind.datastreams
        if one.code and STATIONS.get(kind.key, "")
    ]
    wrong = [
        (*one, found) for one in sent if (found := table_unit(*one[:2])) not in ("", SAME.get(one[2], one[2]))
    ]
    assert wrong == []


def test_the_airs_gases_are_counted_in_micrograms_and_those_of_stacks_in_milligrams() -> None:
    assert {table_unit("air-station", code) for code in ("a21026", "a21004", "a05024", "a34004")} == {"ug/m3"}
    assert table_unit("air-station", "a21005") == "mg/m3"
    assert table_unit("stack-monitor", "a21026") == "mg/m3"
    assert UNITS["mg/m3"].of == UNITS["ug/m3"].of
