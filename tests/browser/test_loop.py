"""The closed loop, walked in a real browser by everyone who has a part in it."""

from pathlib import Path

from django.utils import timezone

from gezhi.cases.models import Case, CaseEvent
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor

WORDS = "南门街道万安社区门口的路灯三天不亮了，晚上很黑"


def photo_file(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(cast.picture(1200, 900))
    return path


def at_the_lamp() -> dict[str, object]:
    lon, lat = cast.centre_of(f"{cast.WANAN}001")
    return {"geolocation": {"longitude": lon, "latitude": lat}, "permissions": ["geolocation"]}


def report_with_a_photo(resident: Visitor, photo: Path) -> str:
    """The tracking code."""
    page = resident.page
    resident.go("/")
    resident.snap("loop-01-home")
    page.get_by_role("link", name="我要上报").click()
    page.fill("#text", WORDS)
    page.set_input_files("#photos", photo)
    page.wait_for_selector(".chosen img")
    page.get_by_role("button", name="用我现在的位置").click()
    page.get_by_text("已定位").wait_for()
    page.fill("#phone", "13800001234")
    resident.snap("loop-02-report")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/thanks/**")
    resident.snap("loop-03-thanks")
    return page.inner_text(".code")


def open_case(person: Visitor, number: str) -> None:
    person.go(f"/desk/cases/{number}/")


def take(person: Visitor, step: str, *, open_first: bool = True) -> None:
    if open_first and person.page.locator("summary", has_text=step).count():
        person.page.locator("details.step > summary", has_text=step).first.click()
    person.page.get_by_role("button", name=step, exact=True).click()
    person.page.wait_for_load_state()


def handle_and_verify(arrive: Arrive, number: str, photo: Path, name: str) -> None:
    handler, verifier = arrive(PHONE), arrive()
    handler.sign_in("handler")
    open_case(handler, number)
    take(handler, "接收")
    handler.page.locator("details.step > summary", has_text="处置完成").click()
    handler.page.fill("#finish-text", "已更换灯泡并试亮")
    handler.page.set_input_files("#finish-evidence", photo)
    handler.page.wait_for_selector(".chosen img")
    handler.snap(f"{name}-handling")
    take(handler, "处置完成", open_first=False)
    verifier.sign_in("verifier")
    open_case(verifier, number)
    verifier.snap(f"{name}-verifying")
    take(verifier, "核查通过")


def dispatch(dispatcher: Visitor, number: str) -> None:
    open_case(dispatcher, number)
    dispatcher.page.locator("details.step > summary", has_text="派遣").click()
    assert (
        dispatcher.page.locator("#dispatch-unit option:checked")
        .inner_text()
        .startswith("海曙区综合行政执法局")
    )
    take(dispatcher, "派遣", open_first=False)


def rate(resident: Visitor, grade: str) -> None:
    resident.page.get_by_text(grade, exact=True).click()
    resident.page.get_by_role("button", name="提交评价").click()
    resident.page.wait_for_load_state()


def test_the_loop_is_walked_twice_and_closed(arrive: Arrive, tmp_path: Path) -> None:
    photo = photo_file(tmp_path, "lamp.jpg")
    resident = arrive(PHONE, **at_the_lamp())
    code = report_with_a_photo(resident, photo)
    case = Case.objects.get()

    dispatcher = arrive(DESKTOP)
    dispatcher.sign_in("dispatcher")
    dispatcher.snap("loop-04-desk")
    open_case(dispatcher, case.number)
    shown = dispatcher.page.inner_text("main")
    assert "万安社区" in shown
    assert "路灯" in shown
    assert "138****1234" in shown
    dispatcher.page.locator(".photos img").first.wait_for()
    dispatcher.snap("loop-05-located-and-classified")
    dispatch(dispatcher, case.number)
    handle_and_verify(arrive, case.number, photo_file(tmp_path, "after.jpg"), "loop-06")

    resident.go(f"/follow/{code}/")
    assert "结案" in resident.page.inner_text("main")
    resident.snap("loop-07-answered")
    rate(resident, "不满意")
    resident.page.get_by_text("没有办好，要求重办").click()
    resident.page.fill("#reopen-words", "昨晚又灭了")
    resident.page.get_by_role("button", name="要求重办").click()
    resident.page.get_by_text("已要求重办").wait_for()
    resident.snap("loop-08-reopened")

    dispatch(dispatcher, case.number)
    handle_and_verify(arrive, case.number, photo_file(tmp_path, "again.jpg"), "loop-09")
    resident.go(f"/follow/{code}/")
    rate(resident, "非常满意")
    resident.snap("loop-10-closed")

    case.refresh_from_db()
    assert (case.state, case.is_open, case.reopen_count, case.rating) == ("rated", False, 1, 5)
    steps = list(CaseEvent.objects.filter(case=case).order_by("seq").values_list("seq", flat=True))
    assert steps == list(range(1, len(steps) + 1))
    assert case.closed_at is not None
    assert case.closed_at <= timezone.now()


def test_the_handler_cannot_verify_own_work(arrive: Arrive, tmp_path: Path) -> None:
    receipt = cast.reported()
    dispatcher, both = arrive(), arrive()
    dispatcher.sign_in("dispatcher")
    dispatch(dispatcher, receipt.case_number)
    both.sign_in("both")
    open_case(both, receipt.case_number)
    take(both, "接收")
    both.page.locator("details.step > summary", has_text="处置完成").click()
    both.page.fill("#finish-text", "修好了")
    both.page.set_input_files("#finish-evidence", photo_file(tmp_path, "done.jpg"))
    both.page.wait_for_selector(".chosen img")
    take(both, "处置完成", open_first=False)
    assert both.page.get_by_role("button", name="核查通过").count() == 0
    both.page.get_by_text("为什么不能办别的").click()
    assert "不能由处置人本人办理" in both.page.inner_text("main")
    both.snap("own-work")
