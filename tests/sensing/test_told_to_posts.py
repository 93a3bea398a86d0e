"""An orange or red warning reaches the people of its grid, and those above when nobody takes it up."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gezhi.ledger.models import Entry
from gezhi.people.models import Post, Unit
from gezhi.sensing.actions.posts import tell_posts
from gezhi.sensing.models import PostNotice, SensedWarning
from gezhi.sensing.posts import Holder, above, of_the_grid
from tests.cast import GAOQIAO, HAISHU, LIUJIN, NANMEN, WANAN, Cast
from tests.desk.conftest import SignedIn
from tests.sensing.flooded import Flood, flooded
from tests.sensing.test_warnings_open_cases import Rain, drained

__all__ = ["drained"]
GRID, OTHER_GRID = f"{WANAN}001", f"{WANAN}002"


def worker(account: int, place: str) -> Holder:
    return Holder(account, "grid-worker", place)


def dispatcher(account: int, place: str) -> Holder:
    return Holder(account, "dispatcher", place)


def accounts(found: list[Holder]) -> list[int]:
    return [one.account_id for one in found]


def test_the_worker_of_the_grid_is_told_and_no_other() -> None:
    holders = [worker(1, GRID), worker(2, OTHER_GRID), worker(3, WANAN), dispatcher(4, GRID)]
    assert accounts(of_the_grid([GRID], holders)) == [1]
    assert accounts(of_the_grid([GRID, OTHER_GRID], holders)) == [1, 2]
    assert accounts(of_the_grid([f"{WANAN}009"], holders)) == [3], "a grid without one has its village's"
    assert of_the_grid([f"{LIUJIN}001"], holders) == []


def test_the_town_is_told_or_else_the_nearest_above_it() -> None:
    holders = [dispatcher(1, HAISHU), dispatcher(2, NANMEN), dispatcher(3, GRID), worker(4, NANMEN)]
    assert accounts(above([GRID, OTHER_GRID], holders)) == [2]
    assert accounts(above([f"{GAOQIAO[:9]}201001"], holders)) == [1]


def told() -> list[tuple[str, bool]]:
    """(role, above), in the order of telling."""
    return list(PostNotice.objects.order_by("id").values_list("role", "above"))


@pytest.fixture
def rain(drained: Cast) -> Rain:
    return Rain()


def test_a_yellow_warning_is_told_to_nobody_in_person(rain: Rain) -> None:
    rain.fill(depth=16.0)
    assert SensedWarning.objects.filter(level__in=(1, 2)).exists()
    assert told() == []


def test_an_orange_warning_is_told_once_to_the_worker_of_its_grid(rain: Rain, drained: Cast) -> None:
    rain.fill()
    for minute in range(6, 12):
        rain.read(minute, 30.0)
    (notice,) = PostNotice.objects.all()
    assert (notice.account_id, notice.level) == (drained.account("grid-worker").pk, 3)
    assert Entry.objects.filter(kind="sensing.warning.told").count() == 1


def test_nobody_answers_and_the_post_above_is_told_once(rain: Rain, drained: Cast) -> None:
    rain.fill()
    for minute in range(6, 40):
        rain.read(minute, 30.0)
    assert told() == [("grid-worker", False), ("dispatcher", True), ("dispatcher", True)]
    first, second = PostNotice.objects.filter(above__in=[True, False]).order_by("id")[:2]
    assert timedelta(minutes=15) <= second.at - first.at < timedelta(minutes=16)
    names = {drained.account(one).pk for one in ("dispatcher", "second-dispatcher")}
    assert set(PostNotice.objects.filter(above=True).values_list("account_id", flat=True)) == names


def test_who_takes_it_up_in_time_spares_those_above(rain: Rain, drained: Cast, signed_in: SignedIn) -> None:
    rain.fill()
    warning = SensedWarning.objects.get(monitor="dr-underpass-depth")
    assert signed_in("grid-worker").post(f"/field/warnings/{warning.pk}/").status_code == 302
    warning.refresh_from_db()
    assert warning.acknowledged_by_id == drained.account("grid-worker").pk
    for minute in range(6, 40):
        rain.read(minute, 30.0)
    assert told() == [("grid-worker", False)]


def test_a_higher_level_is_told_anew_and_a_lower_one_is_not(rain: Rain) -> None:
    rain.fill()
    rain.fill(until=12, depth=60.0)
    levels = list(PostNotice.objects.filter(above=False).order_by("id").values_list("level", flat=True))
    assert levels == [3, 4]
    for minute in range(12, 20):
        rain.read(minute, 30.0)
    assert PostNotice.objects.filter(above=False).count() == 2


def test_a_grid_without_a_worker_is_told_above_at_once(drained: Cast) -> None:
    Post.objects.filter(role="grid-worker").delete()
    Rain().fill()
    assert set(told()) == {("dispatcher", True)}


def test_a_warning_in_two_grids_is_told_to_both_though_the_second_comes_later(drained: Cast) -> None:
    Post.objects.create(
        account=drained.account("nobody"), unit=Unit.objects.get(code="wanan"), role="grid-worker",
        place_code=OTHER_GRID, valid_from=date(2020, 1, 1),
    )  # fmt: skip
    first, second = Rain(manholes=0), Rain(manholes=0, place=OTHER_GRID)
    first.fill()
    assert len(told()) == 1
    for minute in range(6, 12):
        first.read(minute, 30.0)
        second.read(minute, 30.0)
    assert {one.account_id for one in PostNotice.objects.filter(above=False)} == {
        drained.account(name).pk for name in ("grid-worker", "nobody")
    }


@pytest.fixture
def flood(city: Cast) -> Flood:
    return flooded(city.units["haishu-works"])


def test_the_phone_shows_the_warning_with_its_readings_and_takes_the_answer(
    flood: Flood, signed_in: SignedIn
) -> None:
    phone = signed_in("grid-worker")
    page = phone.get("/field/").content.decode()
    assert "需要您确认的预警" in page
    assert "30 cm" in page
    assert SensedWarning.objects.get(pk=flood.warning.pk).case_id
    assert "确认，我去看" in page
    answered = phone.post(f"/field/warnings/{flood.warning.pk}/", follow=True).content.decode()
    assert "确认，我去看" not in answered
    assert "网格员小孙" in answered


def test_who_was_not_told_answers_nothing_on_the_phone(flood: Flood, signed_in: SignedIn) -> None:
    assert signed_in("verifier").post(f"/field/warnings/{flood.warning.pk}/").status_code == 404
    assert "需要您确认的预警" not in signed_in("verifier").get("/field/").content.decode()


def test_the_inbox_and_the_warnings_page_say_who_was_told(flood: Flood, signed_in: SignedIn) -> None:
    inbox = signed_in("grid-worker").get("/desk/inbox/").content.decode()
    assert "橙色预警：下穿通道积水" in inbox
    page = signed_in("dispatcher").get(f"/desk/sensing/warnings/{flood.warning.pk}/").content.decode()
    assert "网格员小孙" in page
    assert "前无人确认" in page
    tell_posts(timezone.now() + timedelta(minutes=20))
    page = signed_in("dispatcher").get(f"/desk/sensing/warnings/{flood.warning.pk}/").content.decode()
    assert "网格无人确认，升级告知" in page
    assert "网格无人确认，请接手" in signed_in("dispatcher").get("/desk/inbox/?kind=sensed").content.decode()
