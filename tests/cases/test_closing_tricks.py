"""Tricks on closings, played through the real steps: a small run of the benchmark."""

from benchmarks._closings import ALL_TRICKS, by_trick, false_share, found_share, play
from gezhi.cases.models import CaseEvent
from tests.cast import Cast


def test_known_tricks_are_found_and_honest_work_is_left_alone(city: Cast) -> None:
    ones = play(100, seed=3)
    assert {one.trick for one in ones} == {"", *ALL_TRICKS}
    assert found_share(ones) >= 0.95, by_trick(ones)
    assert false_share(ones) <= 0.01, [one for one in ones if not one.trick and one.outcome]
    silent = CaseEvent.objects.filter(kind="finish", facts__unsaid=["place", "time"])
    assert silent.exists(), "what a photo does not say is noted for whoever verifies"
