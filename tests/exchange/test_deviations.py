"""Every way that leaves the straight one, by REST."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from gezhi.cases.models import Case
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests.cast import CITY, HAISHU, LAMP, LIUJIN, Cast, reported
from tests.exchange.test_rest import post, stored

Person = Callable[[str], Client]


class Way:
    """One case, taken from step to step by people with keys."""

    def __init__(self, city: Cast, person: Person) -> None:
        self.city, self.person = city, person
        self.keys: dict[str, Client] = {}
        self.number = reported(reporter_phone="13800001234").case_number

    @property
    def case(self) -> Case:
        return Case.objects.get(number=self.number)

    def page(self, who: str = "supervisor") -> dict[str, object]:
        return dict(self.key(who).get(f"/api/v1/cases/{self.number}").json())

    def key(self, who: str) -> Client:
        if who not in self.keys:
            self.keys[who] = self.person(who)
        return self.keys[who]

    def do(self, who: str, step: str, **given: object) -> str:
        """The new state, or the code of the refusal."""
        body = {"version": self.case.version, **given}
        answer = post(self.key(who), f"cases/{self.number}/steps/{step}", body)
        said = answer.json()
        return str(said["state"] if answer.status_code == 200 else said["code"])

    def handling(self) -> "Way":
        assert self.do("dispatcher", "dispatch", unit_id=self.city.units["haishu-works"]) == "dispatched"
        assert self.do("handler", "receive") == "handling"
        return self

    def closed(self) -> "Way":
        self.handling()
        photo = stored(self.key("handler"))
        assert self.do("handler", "finish", text="已修好", evidence=[photo]) == "handled"
        assert self.do("verifier", "verify") == "closed"
        return self


@pytest.fixture
def way(city: Cast, person: Person) -> Way:
    return Way(city, person)


def test_returned_and_dispatched_again(way: Way) -> None:
    way.handling()
    assert way.do("handler", "return") == "lacking"
    assert way.do("handler", "return", reason="不属于本单位") == "filed"


def test_the_second_return_brings_an_order_by_itself(way: Way) -> None:
    for _ in range(2):
        way.handling()
        way.do("handler", "return", reason="不属于本单位")
    orders = [one for one in way.page()["supervisions"] if one["level"] == "order"]  # type: ignore[index,attr-defined]
    assert len(orders) == 1
    assert orders[0]["due_at"]


def test_transferred_with_the_dispatchers_consent(way: Way) -> None:
    way.handling()
    unit = way.city.units["city-works"]
    assert way.do("handler", "transfer", unit_id=unit, reason="市管道路") == "handling"
    assert way.page()["asked"] == {
        "step": "transfer",
        "length": "",
        "unit_id": unit,
        "reason": "市管道路",
        "waits_for": "dispatcher",
    }
    assert way.do("supervisor", "approve") == "not-your-turn"
    assert way.do("dispatcher", "approve") == "dispatched"
    assert (way.case.unit_id, way.page()["asked"]) == (unit, None)


def test_extended_by_supervisor_and_leader(way: Way) -> None:
    way.handling()
    due = way.case.due_at
    assert way.do("handler", "extend", length="tomorrow", reason="等配件") == "bad-length"
    assert way.do("handler", "extend", length="10 working days", reason="等配件") == "handling"
    assert way.do("supervisor", "approve") == "handling"
    assert way.case.due_at == due
    assert way.do("leader", "approve") == "handling"
    assert way.case.due_at > due  # type: ignore[operator]
    assert way.do("handler", "extend", length="1 working days", reason="再等") == "handling"
    assert way.do("supervisor", "deny", reason="不再等") == "handling"


def test_suspended_and_resumed(way: Way) -> None:
    way.handling()
    assert way.do("handler", "suspend", reason="等业主") == "handling"
    assert way.do("supervisor", "approve") == "suspended"
    assert way.case.clock_left is not None
    assert way.do("handler", "resume") == "handling"
    assert way.case.clock_left is None


def test_escalated_from_centre_to_centre_and_handed_down(way: Way) -> None:
    assert way.do("grid-worker", "escalate", reason="社区无权") == "filed"
    assert way.page()["held_code"] == HAISHU
    assert way.do("grid-worker", "escalate", reason="还要上报") == "held-above"
    assert way.do("dispatcher", "escalate", reason="请市里定") == "filed"
    assert way.page()["held_code"] == CITY
    assert way.do("dispatcher", "hand-down", reason="我来办") == "not-your-role"


def test_whistled_reported_in_and_shared(way: Way) -> None:
    way.handling()
    units = [way.city.units["jiangbei-works"], way.city.units["city-works"]]
    assert way.do("dispatcher", "whistle", unit_ids=units, text="现场会商") == "handling"
    listed = way.key("jiangbei-handler").get("/api/v1/cases", {"mark": "called"}).json()["cases"]
    assert [one["number"] for one in listed] == [way.number]
    assert way.do("jiangbei-handler", "report-in") == "handling"
    assert way.do("jiangbei-handler", "report-in") == "reported-in"
    photo = stored(way.key("handler"))
    assert way.do("handler", "finish", text="好", evidence=[photo]) == "shares-open"
    assert way.do("jiangbei-handler", "finish-share", text="已配合") == "handling"
    shares = {one["unit_id"]: one["state"] for one in way.page()["shares"]}  # type: ignore[attr-defined]
    assert shares[units[0]] == "finished"
    assert way.key("jiangbei-handler").get(f"/api/v1/cases/{way.number}").status_code == 404


def test_handled_jointly_under_one_lead(way: Way) -> None:
    way.handling()
    assert way.do("handler", "joint", unit_ids=[way.city.units["city-works"]]) == "handling"
    assert [one["kind"] for one in way.page()["shares"]] == ["lead", "joint"]  # type: ignore[attr-defined]
    assert way.do("handler", "joint", unit_ids=[way.city.units["city-works"]]) == "called-already"
    assert way.do("handler", "joint", unit_ids=[10**9]) == "unknown-unit"


def test_a_child_case_holds_up_its_parent(way: Way) -> None:
    way.handling()
    assert way.do("handler", "child", text="旁边的井盖也坏了", category="matter-01023") == "handling"
    (child,) = way.page()["children"]  # type: ignore[misc]
    assert way.key("supervisor").get(f"/api/v1/cases/{child}").json()["parent"] == way.number
    photo = stored(way.key("handler"))
    assert way.do("handler", "finish", text="好", evidence=[photo]) == "children-open"
    version = Case.objects.get(number=child).version
    post(
        way.key("dispatcher"), f"cases/{child}/steps/reject", {"version": version, "reason": "已随主案件修好"}
    )
    assert way.do("handler", "finish", text="好", evidence=[photo]) == "handled"


def test_carded_ordered_and_answered(way: Way) -> None:
    way.handling()
    assert way.do("dispatcher", "urge", text="请抓紧") == "handling"
    assert way.do("supervisor", "yellow-card", reason="拖延") == "handling"
    assert way.do("leader", "red-card", reason="仍拖延") == "handling"
    assert way.do("supervisor", "order", reason="今日办结", length="4 working hours") == "handling"
    assert way.page()["card"] == 2
    listed = way.key("handler").get("/api/v1/cases", {"mark": "ordered"}).json()["cases"]
    assert [one["number"] for one in listed] == [way.number]
    assert way.do("handler", "answer-order", text="四点前完成") == "handling"
    levels = [(one["level"], bool(one["answered_at"])) for one in way.page()["supervisions"]]  # type: ignore[attr-defined]
    assert levels == [("yellow", False), ("red", False), ("order", True)]
    assert way.do("handler", "answer-order", text="再答") == "no-order"


def test_refused_with_reasons_and_reviewed(way: Way) -> None:
    assert way.do("dispatcher", "reject", reason="非本市事项") == "rejected"
    assert way.do("supervisor", "review", reason="属本市，应受理") == "registered"


def test_overturned_by_the_reporters_word(way: Way) -> None:
    way.closed()
    assert way.do("operator", "overturn", reason="电话回访：灯仍不亮") == "filed"
    levels = [one["level"] for one in way.page()["supervisions"]]  # type: ignore[attr-defined]
    assert levels == ["yellow"]


def test_replied_merged_split_and_withdrawn(way: Way, client: Client) -> None:
    assert way.do("dispatcher", "reply", text="已安排维修") == "registered"
    other = reported("路灯不亮", grid=f"{LIUJIN}001")
    assert way.do("dispatcher", "merge", case_number=other.case_number) == "merged"
    way.number = other.case_number
    joined = next(one for one in way.page()["reports"] if one["id"] != other.report_id)  # type: ignore[attr-defined]
    assert way.do("dispatcher", "split", report_id=joined["id"]) == "registered"
    answer = post(client, f"reports/{other.tracking_code}/withdrawal", {"phone_last4": "", "reason": "已好"})
    assert answer.status_code in (200, 403, 404, 422)


def test_a_wrong_category_goes_over_to_its_own_procedure(way: Way) -> None:
    publish(read_pack(settings.PACKS_DIR / "fire-hazards"))
    assert way.do("dispatcher", "accept") == "filed"
    assert way.do("dispatcher", "correct", category="fh-blocked-exit") == "registered"
    page = way.page()
    assert page["category"] == "fh-blocked-exit"
    done = [one["title_zh"] for one in page["events"]]  # type: ignore[attr-defined]
    assert done[-2:] == ["已立案", "已更正"]
    assert way.do("dispatcher", "dispatch", unit_id=way.city.units["haishu-works"]) == "dispatched"
    assert way.do("dispatcher", "correct", category=LAMP) == "other-procedure"


def test_a_dispatch_is_undone_by_whoever_gave_it(way: Way) -> None:
    assert way.do("dispatcher", "dispatch", unit_id=way.city.units["nanmen"]) == "dispatched"
    seen = {"version": way.case.version}
    assert post(way.key("supervisor"), f"cases/{way.number}/undo", seen).json()["code"] == "not-yours"
    answer = post(way.key("dispatcher"), f"cases/{way.number}/undo", seen)
    assert (answer.status_code, answer.json()["state"]) == (200, "registered")
    assert post(way.key("dispatcher"), f"cases/{way.number}/undo", seen).status_code == 409
