"""The demonstration's subjects and plans."""

from django.utils import timezone

from gezhi.demo import rounds
from gezhi.rounds.models import PlanSetting, Round, Subject
from tests import cast
from tests.rounds.conftest import walks

__all__ = ["walks"]
GRID = f"{cast.WANAN}001"


def test_houses_are_invented_around_the_grid_worker_and_plans_are_on_in_the_town(walks: cast.Cast) -> None:
    made = rounds.plan_rounds(timezone.now(), 1, "grid-worker")
    assert made == Subject.objects.count() == 2 * rounds.PER_GRID
    assert set(PlanSetting.objects.values_list("place_code", flat=True)) == {cast.NANMEN}
    assert Round.objects.filter(plan="danger-visit", place_code=GRID).exists()
    assert rounds.plan_rounds(timezone.now(), 1, "grid-worker") == Subject.objects.count()


def test_without_plans_nothing_is_invented(city: cast.Cast) -> None:
    assert rounds.plan_rounds(timezone.now(), 1, "grid-worker") == 0
    assert not Subject.objects.exists()
