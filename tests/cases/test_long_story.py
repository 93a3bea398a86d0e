"""One matter that needs the city, the county, the town and two departments, from the first report to the last word.

A grid worker cannot solve it; it goes up to the city and down again; the town whistles two departments, of which
one stays away, is carded and the rest is escalated; it is handled jointly, verified, called back, badly rated,
reopened, mended and closed.
"""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.actions import Step, Who, sweep, take
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import Assignment, Case, CaseEvent, Supervision
from gezhi.cases.procedure import Given
from gezhi.people.actions import appoint
from gezhi.people.models import Account, Unit
from tests import cast
from tests.cases.test_actions import assert_history
from tests.cast import CITY, NANMEN, SINCE, WANAN, Cast, reported

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Story:
    """The case, the clock on the wall, and whoever acts."""

    def __init__(self, city: Cast) -> None:
        self.city = city
        self.at = timezone.now()
        self.receipt = reported(
            "工地夜间施工噪声，污水流进河道，多次反映无人管", reporter_phone="13800001234"
        )

    @property
    def case(self) -> Case:
        return Case.objects.get(id=self.receipt.case_id)

    def do(self, who: str, step: str, after: timedelta = MINUTE, **given: object) -> CaseRow:
        self.at += after
        actor = Who(actor=self.city.actor(who))
        return self._take(Step(self.receipt.case_id, step, actor, Given(**given)))  # type: ignore[arg-type]

    def reporter(self, step: str, after: timedelta = MINUTE, **given: object) -> CaseRow:
        self.at += after
        said = Given(**given)  # type: ignore[arg-type]
        return self._take(Step(self.receipt.case_id, step, Who(report_id=self.receipt.report_id), said))

    def _take(self, step: Step) -> CaseRow:
        outcome = take([step], self.at)[0]
        assert isinstance(outcome, CaseRow), outcome
        return outcome

    def sweep_at(self, at: datetime) -> None:
        self.at = max(self.at, at)
        while sweep(self.at):
            pass


@pytest.fixture
def posts(city: Cast) -> Cast:
    """A dispatcher at the village, one at the town and one at the city beside the county's."""
    centre = Unit.objects.get(code="centre")
    places = {"village-dispatcher": WANAN, "town-dispatcher": NANMEN, "city-dispatcher": CITY}
    for username, place in places.items():
        account = Account.objects.create(username=username, name=username)
        appoint(account, centre, "dispatcher", place, SINCE)
    return city


def up_and_down(story: Story) -> None:
    """Five levels up, and down again to the town."""
    story.do("grid-worker", "escalate", reason="社区解决不了")
    assert story.case.held_code == WANAN
    story.do("town-dispatcher", "escalate", reason="街道没有执法权")
    assert story.case.held_code == NANMEN
    story.do("town-dispatcher", "escalate", reason="涉及两个区级部门")
    story.do("dispatcher", "escalate", reason="工地由市里审批")
    assert story.case.held_code == CITY
    story.do("city-dispatcher", "hand-down", reason="市里已约谈，区里牵头")
    story.do("dispatcher", "hand-down", reason="由街道吹哨")
    assert story.case.held_code == NANMEN


def whistled(story: Story) -> None:
    units = story.city.units
    story.do("town-dispatcher", "dispatch", unit_id=units["haishu-works"], text="牵头办理")
    story.do("handler", "receive")
    called = (units["jiangbei-works"], units["city-works"])
    story.do("town-dispatcher", "whistle", unit_ids=called, text="明早九点工地门口会商")
    story.do("jiangbei-handler", "report-in", text="已到场")
    due = Assignment.objects.get(unit_id=units["city-works"]).due_at
    assert due is not None
    story.sweep_at(due + MINUTE)


def jointly(story: Story) -> None:
    photo = cast.photo()
    story.do("jiangbei-handler", "finish-share", text="已封堵排污口", evidence=(cast.photo(),))
    story.do("handler", "reply", text="已责令夜间停工，污水口已封堵")
    story.do("handler", "finish", text="夜间停工，排污口封堵，道路冲洗", evidence=(photo,))
    story.do("verifier", "verify", text="现场查看属实")


def test_the_whole_story_is_lived_and_told(posts: Cast, client: Client) -> None:
    story = Story(posts)
    up_and_down(story)
    whistled(story)
    absent = Assignment.objects.get(unit_id=posts.units["city-works"])
    assert absent.absent_at is not None
    card = Supervision.objects.get(unit_id=posts.units["city-works"])
    assert (card.level, card.account_id) == ("yellow", None)
    story.do("supervisor", "order", reason="市政部门未报到，限期说明", length="4 working hours")
    story.do("handler", "answer-order", text="已电话催促，由我方先行处置")
    jointly(story)
    assert story.case.state == "closed"
    story.reporter("rate", rating=1, text="半夜又开工了")
    story.reporter("reopen", reason="半夜又开工了")
    assert (story.case.state, story.case.reopen_count, story.case.card) == ("filed", 1, 0)
    mended(story)
    events = CaseEvent.objects.filter(case_id=story.receipt.case_id)
    assert {
        "escalate",
        "hand-down",
        "whistle",
        "report-in",
        "absent",
        "supervise",
        "answer-order",
        "share",
    } <= set(events.values_list("kind", flat=True))
    assert_history(story.receipt.case_id)
    told(story, client)


def mended(story: Story) -> None:
    story.do("dispatcher", "hand-down", reason="社区盯守")
    story.do("dispatcher", "dispatch", unit_id=story.city.units["haishu-works"])
    story.do("handler", "receive")
    story.do("handler", "joint", unit_ids=(story.city.units["jiangbei-works"],), text="夜间值守")
    story.do("jiangbei-handler", "finish-share", text="值守三夜，未再施工")
    story.do("handler", "finish", text="工地停工整改完毕", evidence=(cast.photo(),))
    story.do("verifier", "verify", text="连续三夜无噪声")
    story.reporter("rate", rating=5, text="终于安静了", after=24 * HOUR)
    assert (story.case.state, story.case.rating) == ("rated", 5)


def told(story: Story, client: Client) -> None:
    """Somebody who was not there reads it from the page alone."""
    client.force_login(story.city.account("supervisor"))
    page = client.get(f"/desk/cases/{story.case.number}/").content.decode()
    for words in (
        *(
            "已上报上一级",
            "社区解决不了",
            "现由",
            "已交下一级",
            "已吹哨",
            "请到",
            "已报到",
            "未按时报到",
            "黄牌",
        ),
        *(
            "督办令",
            "已答复督办",
            "已完成协办",
            "核查通过",
            "已重办",
            "半夜又开工了",
            "已发起联办",
            "终于安静了",
        ),
    ):
        assert words in page, words
