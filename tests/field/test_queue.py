"""What a phone sends from its queue: once, twice, late, or in vain."""

import uuid
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.cases.actions import act
from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.procedure import Given
from gezhi.cases.world import world
from gezhi.field.offline.views.offering import chips_for
from tests import cast
from tests.statements import statements
from tests.together import together

GRID = f"{cast.WANAN}001"
Answer = dict[str, object]


class Phone:
    """A phone whose queue is signed in."""

    def __init__(self, city: cast.Cast, who: str = "grid-worker") -> None:
        self.client, self.account = Client(), city.account(who)
        self.client.force_login(self.account)

    def send(self, address: str, **fields: object) -> tuple[int, Answer]:
        given = {"account": str(self.account.pk), **fields}
        answer = self.client.post(address, given, headers={"accept": "application/json"})
        return answer.status_code, answer.json()

    def photo(self, key: str, data: bytes) -> int:
        upload = SimpleUploadedFile("p.jpg", data, "image/jpeg")
        return self.client.post(f"/field/photos/{key}/", {"photo": upload}).status_code


@pytest.fixture
def phone(city: cast.Cast) -> Phone:
    return Phone(city)


def dispatched(city: cast.Cast) -> str:
    receipt = cast.reported(grid=GRID)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    return f"/field/cases/{receipt.case_number}/"


def test_a_report_sent_twice_is_one_report(phone: Phone) -> None:
    key, name = str(uuid.uuid4()), str(uuid.uuid4())
    data = cast.picture()
    assert [phone.photo(key, data) for _ in range(2)] == [200, 200]
    fields = {"source_id": name, "sent": name, "category": cast.LAMP, "place_code": GRID, "kept_photo": key}
    (_, first), (_, second) = phone.send("/field/report/", **fields), phone.send("/field/report/", **fields)
    assert first["outcome"] == "done"
    assert first == second
    assert Report.objects.get().case.number == first["number"]
    assert str(Evidence.objects.get().key) == key


def test_it_happened_when_the_phone_says_it_did(phone: Phone) -> None:
    phone.send("/field/report/", source_id="a", text="井盖没了", place_code=GRID, waited="7200")
    report = Report.objects.get()
    assert 7190 < (report.received_at - report.occurred_at).total_seconds() < 7220


def test_another_picture_under_a_known_key_is_refused(phone: Phone) -> None:
    key = str(uuid.uuid4())
    assert phone.photo(key, cast.picture()) == 200
    assert phone.photo(key, cast.picture()) == 422


def test_photos_that_are_not_here_are_asked_for(phone: Phone) -> None:
    key = str(uuid.uuid4())
    status, answer = phone.send("/field/report/", source_id="a", category=cast.LAMP, kept_photo=key)
    assert (status, answer) == (409, {"outcome": "photos", "missing": [key]})
    assert not Report.objects.exists()


def test_a_step_sent_twice_is_taken_once(city: cast.Cast, phone: Phone) -> None:
    address = dispatched(city)
    step = {"step": "receive", "version": "2", "sent": "s-1"}
    first, second = phone.send(address, **step), phone.send(address, **step)
    assert first[1]["outcome"] == second[1]["outcome"] == "done"
    assert first[1]["version"] == second[1]["version"] == 3
    assert CaseEvent.objects.filter(transition="receive").count() == 1


def test_a_step_on_no_version_is_not_taken(city: cast.Cast, phone: Phone) -> None:
    address = dispatched(city)
    status, answer = phone.send(address, step="receive", sent="s-1")
    assert (status, answer["outcome"]) == (422, "refused")
    assert not CaseEvent.objects.filter(transition="receive").exists()


def test_the_same_step_twice_in_one_instant_is_taken_once(committed: cast.Cast) -> None:
    phones, address = [Phone(committed) for _ in range(3)], dispatched(committed)
    step = {"step": "receive", "version": "2", "sent": "s-1"}
    answers = together([partial(one.send, address, **step) for one in phones])
    assert [answer[1]["outcome"] for answer in answers if not isinstance(answer, Exception)] == ["done"] * 3
    assert CaseEvent.objects.filter(transition="receive").count() == 1


def test_a_repeated_step_is_known_though_the_case_went_on_and_out_of_sight(
    city: cast.Cast, phone: Phone
) -> None:
    address = dispatched(city)
    step = {"step": "receive", "version": "2", "sent": "s-1"}
    phone.send(address, **step)
    Case.objects.update(place_code=f"{cast.BAISHA}001", unit_id=None)
    assert phone.send(address, **step)[1]["outcome"] == "done"
    assert phone.send(address, **{**step, "sent": "s-2"}) == (
        404,
        {"outcome": "gone", "words": f"案件 {Case.objects.get().number} 已不在您的范围内。"},
    )


def test_a_task_that_another_took_says_what_changed_and_what_is_possible(
    city: cast.Cast, phone: Phone
) -> None:
    address = dispatched(city)
    case = Case.objects.get()
    act(city.actor("handler"), case.pk, "receive", Given())
    status, answer = phone.send(address, step="receive", version="2", sent="s-1")
    assert status == 409
    newer = answer["newer"]
    assert isinstance(newer, dict)
    assert (newer["state"], newer["version"], newer["may"]) == ("处置中", 3, False)
    assert [(one["title"], one["who"]) for one in newer["since"]] == [("已接收", "处置员 处置员老张")]


def test_a_refused_step_says_why(city: cast.Cast, phone: Phone) -> None:
    address = dispatched(city)
    phone.send(address, step="receive", version="2", sent="s-1")
    status, answer = phone.send(address, step="finish", version="3", sent="s-2", text="好了")
    assert status == 422
    assert "佐证照片" in str(answer["words"])


def test_the_queue_of_another_account_is_not_taken(city: cast.Cast, phone: Phone) -> None:
    status, answer = phone.send("/field/report/", account="1", source_id="a", category=cast.LAMP)
    assert (status, answer["outcome"]) == (403, "other")
    assert not Report.objects.exists()


def test_a_day_holds_what_can_be_done_without_a_network(city: cast.Cast, phone: Phone) -> None:
    address = dispatched(city)
    day = phone.client.get("/field/day.json").json()
    (task,) = day["tasks"]
    assert (task["number"], task["version"], task["place"]) == (address.split("/")[3], 2, "万安社区第1网格")
    receive = next(one for one in task["steps"] if one["key"] == "receive")
    assert "finish" in {one["key"] for one in receive["then"]}
    finish = next(one for one in receive["then"] if one["key"] == "finish")
    assert 'name="photos"' in day["forms"][finish["form"]]
    assert "路灯异常" in day["report"]
    assert day["map"]["patches"]


def test_a_day_takes_the_same_statements_however_much_there_is_to_do(city: cast.Cast, phone: Phone) -> None:
    dispatched(city)
    phone.client.get("/field/day.json")
    with statements() as few:
        phone.client.get("/field/day.json")
    for _ in range(8):
        cast.reported("垃圾没人收", grid=GRID, category=cast.RUBBISH)
    with statements() as many:
        phone.client.get("/field/day.json")
    assert len(many) == len(few) <= 22


def test_what_is_common_here_comes_first_whoever_holds_it(city: cast.Cast) -> None:
    cast.reported("垃圾没人收", grid=GRID, category=cast.RUBBISH)
    for who in ("grid-worker", "handler"):
        (first, *_rest) = chips_for(city.actor(who), world(), "")
        assert first[0] == cast.RUBBISH


def test_the_shell_and_its_worker_hold_nobodys_data(city: cast.Cast) -> None:
    cast.reported("路灯不亮了", grid=GRID)
    stranger = Client()
    shell = stranger.get("/field/outbox/").content.decode()
    assert "路灯不亮了" not in shell
    worker = stranger.get("/field/sw.js")
    assert worker["Cache-Control"] == "no-cache"
    assert b"/field/outbox/" in worker.content
    assert stranger.get("/field/day.json").status_code == 302


def test_it_can_be_installed(city: cast.Cast) -> None:
    chinese = Client().get("/field/app.webmanifest").json()
    english = Client().get("/field/app.webmanifest", headers={"accept-language": "en"}).json()
    assert (chinese["lang"], english["lang"]) == ("zh-Hans", "en")
    assert {icon["purpose"] for icon in chinese["icons"]} == {"any", "maskable"}
