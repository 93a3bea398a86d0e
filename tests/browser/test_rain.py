"""One rain, walked in a real browser: manholes and underpasses, one orange warning, one case and not forty, pumps,
readings that fall, a verification, and what the appraisal makes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gezhi.cases.models import Case
from gezhi.insight.actions.tallying import tally_all
from gezhi.sensing.actions.raising import raise_warnings
from gezhi.sensing.actions.taking import take
from gezhi.sensing.actions.waking import Waker
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import SensedWarning
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.browser.test_loop import at_the_lamp, open_case, photo_file
from tests.browser.test_loop import take as press
from tests.sensing.things import a_series, a_thing, with_packs

MINUTE = timedelta(minutes=1)
MANHOLES, UNDERPASSES = 38, 2


class Town:
    """The gauges of one town; readings of a minute each, counted from when the rain began."""

    def __init__(self, began: datetime) -> None:
        self.began, self.waker = began, Waker()
        self.rain = [a_series(a_thing("rain-gauge"), "rain1h", "mm")]
        self.manholes = [a_series(a_thing("manhole-level"), "freeboard", "m") for _ in range(MANHOLES)]
        self.underpasses = [a_series(a_thing("underpass-gauge"), "depth", "cm") for _ in range(UNDERPASSES)]

    def minute(self, number: int, rain: float, freeboard: float, depth: float) -> None:
        now = self.began + number * MINUTE
        for series, value in ((self.rain, rain), (self.manholes, freeboard), (self.underpasses, depth)):
            self._read(series, value, now)
        self.waker.wake(now)
        raise_warnings(now)

    def _read(self, series: Sequence[int], value: float, now: datetime) -> None:
        at = int(now.timestamp() * 1000)
        take(Columns.of(series, [at] * len(series), [value] * len(series)), "rain", now)


def secure(handler: Visitor, photo: Path) -> None:
    page = handler.page
    page.locator("details.step > summary", has_text="已封控警示").click()
    page.fill("[name='form.depth_seen_cm']", "28")
    page.check("[name='form.people_out'][value=true]")
    page.check("[name='form.road'][value=closed]")
    page.check("[name='form.measures'][value=barrier]")
    page.set_input_files("#secure-evidence", photo)
    page.wait_for_selector(".chosen img")
    handler.snap("rain-05-secure")
    press(handler, "已封控警示", open_first=False)


def drain(handler: Visitor, photos: Sequence[Path], at: datetime) -> None:
    page = handler.page
    page.locator("details.step > summary", has_text="已退水").click()
    page.fill("[name='form.drained_at']", f"{at.astimezone():%Y-%m-%dT%H:%M}")
    page.fill("[name='form.depth_left_cm']", "1")
    page.select_option("[name='form.cause']", "pump")
    page.fill("#drained-text", "两台泵车抽排，积水退去，道路恢复")
    page.set_input_files("#drained-evidence", list(photos))
    page.wait_for_selector(".chosen img")
    handler.snap("rain-06-drained")
    press(handler, "已退水", open_first=False)


def test_forty_alarms_of_one_rain_are_one_case_that_closes_when_the_water_is_gone(
    arrive: Arrive, tmp_path: Path
) -> None:
    with_packs("rivers", "drainage", "appraisal")
    photos = [photo_file(tmp_path, f"water-{number}.jpg") for number in range(3)]
    town = Town(datetime.now(UTC) - 70 * MINUTE)
    for number in range(8):
        town.minute(number, rain=35 + number, freeboard=0.1, depth=10 + 4 * number)
    (case,) = Case.objects.all()
    warning = SensedWarning.objects.get(case_id=case.pk)
    assert (warning.monitor, warning.level, warning.told) == ("dr-underpass-depth", 3, UNDERPASSES)

    dispatcher = arrive(DESKTOP)
    dispatcher.sign_in("dispatcher")
    dispatcher.snap("rain-01-desk")
    open_case(dispatcher, case.number)
    dispatcher.snap("rain-02-case")
    assert "橙色预警" in dispatcher.page.inner_text("main")
    dispatcher.page.locator("details.step > summary", has_text="派遣").click()
    press(dispatcher, "派遣", open_first=False)

    handler = arrive(PHONE, **at_the_lamp())
    handler.sign_in("handler")
    open_case(handler, case.number)
    press(handler, "接收")
    secure(handler, photos[0])

    for number in range(8, 70, 2):
        town.minute(number, rain=2, freeboard=2.5, depth=1)
    warning.refresh_from_db()
    assert warning.ended_at is not None
    open_case(handler, case.number)
    assert "读数已恢复正常" in handler.page.inner_text("main")
    drain(handler, photos[1:], datetime.now(UTC))

    verifier = arrive()
    verifier.sign_in("verifier")
    open_case(verifier, case.number)
    verifier.snap("rain-07-verify")
    press(verifier, "核查通过")
    case.refresh_from_db()
    assert not case.is_open
    assert Case.objects.count() == 1

    tally_all()
    supervisor = arrive()
    supervisor.sign_in("supervisor")
    supervisor.go("/desk/appraisal/")
    supervisor.snap("rain-08-appraisal")
    assert "海曙区综合行政执法局" in supervisor.page.inner_text("main")
