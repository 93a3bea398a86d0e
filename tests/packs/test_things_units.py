"""Values in one unit are told in another, or not at all."""

import pytest

from gezhi.packs.units import UNITS, NoSuchTurn, turned


@pytest.mark.parametrize(
    ("given", "wanted", "factor"),
    [("mg/m3", "ug/m3", 1000), ("ug/m3", "mg/m3", 0.001), ("mm", "m", 0.001), ("cm", "mm", 10), ("MPa", "kPa", 1000),
     ("uS/cm", "mS/m", 0.1), ("ug/L", "mg/L", 0.001), ("Cel", "Cel", 1)],
)  # fmt: skip
def test_a_value_is_told_in_another_unit_of_the_same_kind(given: str, wanted: str, factor: float) -> None:
    assert turned(given, wanted) == pytest.approx(factor, rel=1e-12)


def test_there_and_back_again_is_where_it_was() -> None:
    for one, unit in UNITS.items():
        for other in (key for key, found in UNITS.items() if found.of == unit.of):
            assert turned(one, other) * turned(other, one) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "wanted"), [("mg/L", "mg/m3"), ("m", "m/s"), ("furlong", "m"), ("m", "furlong")]
)
def test_a_value_of_another_kind_is_refused(given: str, wanted: str) -> None:
    with pytest.raises(NoSuchTurn, match="Allowed"):
        turned(given, wanted)


def test_every_unit_has_both_languages_and_its_base_is_a_unit() -> None:
    for unit in UNITS.values():
        assert unit.name.zh
        assert unit.name.en
        assert UNITS[unit.of].factor == 1
