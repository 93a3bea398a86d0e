"""Every page in both languages, on a phone and on a desk: it fits, it is light, its policy refuses nothing."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.procedure import Given
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor

PUBLIC = {"home": "/", "report": "/report/", "follow": "/follow/", "nothing": "/no-such-page/"}
DESK = {
    "desk": "/desk/",
    "cases": "/desk/cases/",
    "filtered": "/desk/cases/?state=registered&category=matter-01037&place=330203001000&sort=due",
    "hotline": "/desk/hotline/",
    "import": "/desk/import/",
    "classifier": "/desk/classifier/?text=路灯不亮",
}
TEXTS = ("路灯不亮了，晚上很黑", "垃圾堆在楼下三天没人收", "井盖松动，车一压就响", "违停的车挡住了消防通道")


@pytest.fixture
def busy(city: cast.Cast) -> list[Receipt]:
    """Cases at different ages; the first is being handled."""
    now = timezone.now()
    receipts = [
        cast.reported(text, grid=grid, now=now - timedelta(hours=30 * at), address=f"解放南路 {at + 10} 号")
        for at, (text, grid) in enumerate(zip(TEXTS, list(cast.WEST)[:4], strict=True))
    ]
    unit = Given(unit_id=city.units["haishu-works"])
    act(city.actor("dispatcher"), receipts[0].case_id, "dispatch", unit)
    act(city.actor("handler"), receipts[0].case_id, "receive", Given())
    return receipts


def look(visitor: Visitor, name: str, path: str) -> None:
    visitor.go(path)
    visitor.page.wait_for_load_state("load")
    visitor.snap(name)
    assert not visitor.overflows(), f"{name} is wider than its screen"


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_residents_pages_fit(
    arrive: Arrive, busy: list[Receipt], size: dict[str, int], language: str
) -> None:
    visitor = arrive(size, language)
    for name, path in PUBLIC.items():
        look(visitor, f"{name}-{size['width']}-{language[:2]}", path)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_desk_pages_fit(arrive: Arrive, busy: list[Receipt], size: dict[str, int], language: str) -> None:
    visitor = arrive(size, language)
    visitor.go("/desk/sign-in/")
    visitor.snap(f"sign-in-{size['width']}-{language[:2]}")
    visitor.sign_in("dispatcher")
    for name, path in DESK.items() | {"case": f"/desk/cases/{busy[1].case_number}/"}.items():
        look(visitor, f"{name}-{size['width']}-{language[:2]}", path)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_field_pages_fit(arrive: Arrive, busy: list[Receipt], language: str) -> None:
    visitor = arrive(PHONE, language)
    visitor.sign_in("grid-worker", "/field/")
    pages = {
        "field": "/field/",
        "field-report": "/field/report/",
        "field-case": f"/field/cases/{busy[0].case_number}/",
    }
    for name, path in pages.items():
        look(visitor, f"{name}-{language[:2]}", path)


def test_dark_and_large_pages_fit(arrive: Arrive, busy: list[Receipt]) -> None:
    dark, large = arrive(PHONE, color_scheme="dark"), arrive(PHONE)
    look(dark, "report-dark", "/report/")
    dark.sign_in("dispatcher")
    look(dark, "case-dark", f"/desk/cases/{busy[0].case_number}/")
    large.go("/")
    large.page.locator("header").get_by_role("button", name="长辈版").click()
    look(large, "report-large", "/report/")


def test_fingers_hit_every_button_of_a_phone_page(arrive: Arrive, busy: list[Receipt]) -> None:
    visitor = arrive(PHONE, has_touch=True, is_mobile=True)
    for path in ("/", "/report/", "/follow/"):
        visitor.go(path)
        low = visitor.page.evaluate(
            """document.querySelectorAll("details").forEach(one => one.open = true);
            [...document.querySelectorAll("button, .button, summary, select, input:not([type=hidden],[type=file])")]
            .map(one => one.matches("[type=checkbox],[type=radio]") ? one.closest("label") ?? one : one)
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
        )  # a tick is hit through its words
        assert not low, f"{path}: {low}"


def first_load(visitor: Visitor, path: str) -> int:
    """Kilobytes of everything that a first visit fetches, compressed as a proxy sends it."""
    visitor.go(path)
    fetched = visitor.page.evaluate('performance.getEntriesByType("resource").map(one => one.name)')
    ask = visitor.page.context.request
    answers = [ask.get(address) for address in [visitor.home + path, *fetched]]
    return sum(len(gzip.compress(answer.body())) for answer in answers) // 1024


def test_a_first_load_is_light(arrive: Arrive, busy: list[Receipt]) -> None:
    assert first_load(arrive(PHONE), "/") <= 30
    assert first_load(arrive(PHONE), "/report/") <= 30
    for path in ("/desk/cases/", f"/desk/cases/{busy[0].case_number}/"):
        visitor = arrive()
        visitor.sign_in("dispatcher")
        assert first_load(visitor, path) <= 60
