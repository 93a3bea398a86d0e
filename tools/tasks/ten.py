"""The ten main tasks, each really done on a demonstration city and looked up in its records afterwards.

Whoever works has the page of the start open; a phone has the picture already taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final, LiteralString

from playwright.sync_api import Browser, Page, expect

from tools.gallery.city import City
from tools.gallery.people import NO_WORKER, come_in
from tools.tasks.hands import Hand

PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 800}
_WAIT: Final = 30_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Scene:
    """`page`: open at the task's start; `photo`: a picture on the device."""

    city: City
    page: Page
    hand: Hand
    photo: Path

    def rows(self, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        with self.city.connect() as connection:
            return connection.execute(statement, values).fetchall()

    def until(self, statement: LiteralString, *values: object) -> None:
        """The records say so within the time that a person waits; pages send some steps behind the scenes."""
        deadline = monotonic() + _WAIT / 1000
        while not self.rows(statement, *values):
            if monotonic() > deadline:
                raise AssertionError(f"not in the records: {statement} {values}")
            self.page.wait_for_timeout(50)


@dataclass(frozen=True, slots=True)
class Task:
    """`limit`: what may be pressed at most. `start`: the address, or what finds it."""

    title: str
    who: str
    start: str | Callable[[City], str]
    limit: int
    do: Callable[[Scene], None]
    size: dict[str, int]

    @property
    def key(self) -> str:
        return self.do.__name__


@dataclass(frozen=True, slots=True)
class Done:
    pressed: int
    seconds: float


def run(task: Task, browser: Browser, city: City, photo: Path, hand: Callable[[Page], Hand]) -> Done:
    """Raises AssertionError when the records do not show what was done."""
    context = browser.new_context(
        viewport=task.size,  # type: ignore[arg-type]
        locale="zh-CN",
        accept_downloads=True,
    )
    context.add_init_script(NO_WORKER)
    come_in(context, city, task.who)
    page = context.new_page()
    page.set_default_timeout(_WAIT)
    start = task.start if isinstance(task.start, str) else task.start(city)
    page.goto(city.home + start)
    working = hand(page)
    begun = monotonic()
    task.do(Scene(city, page, working, photo))
    done = Done(working.count, monotonic() - begun)
    page.close()  # the context ends with its browser: Chromium may wait for ever where a store of the page is open
    return done


EVENT: Final = (
    "SELECT 1 FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id "
    "WHERE e.kind = %s AND c.number = %s AND e.at > now() - interval '2 minutes'"
)


def dispatch(scene: Scene) -> None:
    number = scene.page.locator("#matter").inner_text().strip()
    scene.hand.key("Enter")
    expect(scene.page.locator("#matter")).not_to_have_text(number, timeout=_WAIT)
    scene.until(EVENT, "dispatch", number)


FRESH: Final = 5  # of the ten at least: whichever rules and people urged within the hour are not urged again
URGED: Final = "SELECT count(*) FROM cases_caseevent WHERE kind = 'urge' AND at > now() - interval '1 hour'"


def urge_ten(scene: Scene) -> None:
    before = scene.rows(URGED)[0][0]
    scene.hand.press(scene.page.locator("#urge-most"))
    expect(scene.page.locator("#said")).to_contain_text("已催办", timeout=_WAIT)
    scene.until(f"SELECT 1 WHERE ({URGED}) >= %s", before + FRESH)


def why_red(scene: Scene) -> None:
    for _level in ("county", "town"):
        above = scene.page.locator("h1").inner_text()
        scene.hand.press(scene.page.locator("#where ~ ul.reds a").first)
        expect(scene.page.locator("h1")).not_to_have_text(above, timeout=_WAIT)
    expect(scene.page.locator("h1")).to_contain_text("超期")
    expect(scene.page.locator("#why ~ ul.reasons").first.locator("li").first).to_be_visible()
    expect(scene.page.locator("#who ~ .duty").first).to_be_visible()


def report_as_resident(scene: Scene) -> None:
    page, words = scene.page, f"小区门口的路灯不亮已经三天 {monotonic()}"
    scene.hand.press(page.locator("a.door.first"))
    scene.hand.write(page.locator("#text"), words)
    scene.hand.write(page.locator("#address"), "海曙区南门街道解放南路 12 号")
    scene.hand.press(page.locator("#report .send button"))
    page.wait_for_url("**/thanks/**")
    scene.until("SELECT 1 FROM cases_report WHERE source = 'portal' AND text = %s", words)


RATEABLE: Final = (
    "SELECT r.tracking_code, right(coalesce(p.phone, ''), 4) FROM cases_report r JOIN cases_case c ON c.id = r.case_id "
    "LEFT JOIN cases_reporter p ON p.report_id = r.id "
    "WHERE r.source = 'portal' AND r.rating IS NULL AND c.state = 'closed' ORDER BY r.id LIMIT 1"
)


def follow(scene: Scene) -> None:
    scene.hand.press(scene.page.locator("a.door[href='/follow/']"))
    _look_up(scene)


def _look_up(scene: Scene) -> None:
    (code, last4), hand = scene.rows(RATEABLE)[0], scene.hand
    hand.write(scene.page.locator("#code"), code)
    if last4:
        hand.write(scene.page.locator("#last4"), last4)
    hand.press(scene.page.locator("main form button"))
    expect(scene.page.locator(".timeline li.newest")).to_be_visible(timeout=_WAIT)


def rate(scene: Scene) -> None:
    code = scene.rows(RATEABLE)[0][0]
    _look_up(scene)
    scene.hand.count = 0  # the report is before the resident
    scene.hand.pick(scene.page.locator("[name=rating][value='5']"))
    scene.hand.press(scene.page.get_by_role("button", name="提交评价"))
    scene.until("SELECT 1 FROM cases_report WHERE tracking_code = %s AND rating = 5", code)


FROM_FIELD: Final = (
    "SELECT 1 FROM cases_report r JOIN cases_evidence e ON e.report_id = r.id "
    "WHERE r.source = 'field' AND r.id > %s"
)


def report_from_field(scene: Scene) -> None:
    page = scene.page
    newest = scene.rows("SELECT max(id) FROM cases_report")[0][0]
    scene.hand.press(page.locator("main a.thumb"))
    scene.hand.attach(page.locator("#photos"), scene.photo)
    page.locator(".chosen img").wait_for()
    scene.hand.pick(page.locator("[name=category]").first)
    scene.hand.press(page.locator(".send button.first"))
    scene.until(FROM_FIELD, newest)


def whistle(scene: Scene) -> None:
    page = scene.page
    number = page.url.rstrip("/").rpartition("/")[2]
    scene.hand.press(page.locator("details.shelf > summary", has_text="会同"))
    step = page.locator("details.step", has=page.locator("[name=step][value=whistle]"))
    scene.hand.press(step.locator("> summary"))
    scene.hand.pick(step.locator("[name=units]").first)
    scene.hand.write(step.locator("textarea"), "请来现场一起看")
    scene.hand.press(step.locator("button.first, button.grave").last)
    scene.until(EVENT, "whistle", number)


def overdue_case(scene: Scene) -> None:
    page = scene.page
    for _level in ("county", "town"):
        here = page.locator("#crumbs [aria-current]").inner_text()
        scene.hand.press(page.locator("#panel-places tbody th a").first)
        expect(page.locator("#crumbs [aria-current]")).not_to_have_text(here, timeout=_WAIT)
    late = page.locator("#panel-red .lines a").first
    number = str(late.get_attribute("href")).rstrip("/").rpartition("/")[2]
    scene.hand.press(late)
    expect(page.locator("#drawer")).to_contain_text(number, timeout=_WAIT)
    scene.until("SELECT 1 FROM cases_case WHERE number = %s AND is_open AND due_at < now()", number)


def export(scene: Scene) -> None:
    with scene.page.expect_download() as asked:
        scene.hand.press(scene.page.get_by_role("button", name="导出 Excel"))
    file = Path(asked.value.path())
    if file.read_bytes()[:2] != b"PK":
        raise AssertionError("no workbook")


def _first(city: City, statement: LiteralString, nothing: str) -> str:
    with city.connect() as connection:
        found = connection.execute(statement).fetchone()
    if found is None:
        raise LookupError(nothing)
    return str(found[0])


def _newly_reported(city: City) -> str:
    found = _first(
        city,
        "SELECT number FROM cases_case WHERE state = 'registered' AND procedure = 'standard' "
        "AND suggested_unit_id > 0 ORDER BY confidence DESC NULLS LAST, id LIMIT 1",
        "no report waits to be dispatched",
    )
    return f"/desk/triage/?case={found}"


def _where_many_are_late(city: City) -> str:
    """The county of whose ten most overdue cases the fewest were urged within the hour: none is urged twice in one."""
    found = _first(
        city,
        "SELECT county FROM (SELECT c.id, left(place_code, 6) AS county, "
        "row_number() OVER (PARTITION BY left(place_code, 6) ORDER BY due_at, id) AS nth "
        "FROM cases_case c WHERE is_open AND due_at < now()) late WHERE nth <= 10 AND NOT EXISTS (SELECT 1 "
        "FROM cases_caseevent e WHERE e.case_id = late.id AND e.kind = 'urge' AND e.at > now() - interval '1 hour') "
        "GROUP BY 1 HAVING count(*) >= 5 ORDER BY count(*) DESC LIMIT 1",
        "no county has five late cases that wait to be urged among its ten most overdue",
    )
    return f"/command/?place={found}000000"


def _of_the_town(city: City) -> str:
    """A case of the town which its dispatcher may call departments to."""
    found = _first(
        city,
        "SELECT c.number FROM cases_case c JOIN people_post p ON left(c.place_code, 9) = left(p.place_code, 9) "
        "JOIN people_account a ON a.id = p.account_id WHERE a.username = 'town' AND c.procedure = 'standard' "
        "AND c.state IN ('dispatched', 'handling') ORDER BY c.id DESC LIMIT 1",
        "the town has no open case",
    )
    return f"/desk/cases/{found}/"


TASKS: Final[Sequence[Task]] = (
    Task(
        "受理并派遣一件新上报 · triage and dispatch a new report",
        "dispatcher",
        _newly_reported,
        4,
        dispatch,
        DESK,
    ),
    Task("催办超期最久的十件 · urge the ten most overdue", "leader", _where_many_are_late, 3, urge_ten, DESK),
    Task("看一个街镇为什么红 · find why a town is red", "leader", "/command/phone/", 3, why_red, PHONE),
    Task("不登录上报 · report without an account", "", "/", 5, report_as_resident, PHONE),
    Task("查进度 · follow a report", "", "/", 2, follow, PHONE),
    Task("评价 · rate what was done", "", "/follow/", 2, rate, PHONE),
    Task("带照片上报 · report with a photo", "gridworker", "/field/", 4, report_from_field, PHONE),
    Task("吹哨 · call a department to a case", "town", _of_the_town, 4, whistle, DESK),
    Task(
        "从全市到一件超期案件 · from the city to an overdue case",
        "leader",
        "/command/",
        4,
        overdue_case,
        DESK,
    ),
    Task("导出清单 · export a list", "dispatcher", "/desk/cases/", 2, export, DESK),
)
