"""Plans, subjects and elements on the desk."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gezhi.rounds.models import Known, PlanSetting, Round, Subject
from tests import cast
from tests.rounds.test_field_pages import GRID, due

LIST = f"""类型,编号,名称,地址,网格编码,经度,纬度,危险等级
房屋,H1,万安巷 1 号,万安巷,{GRID},,,C 级
房屋,H2,万安巷 2 号,万安巷,,{cast.centre_of(GRID)[0]},{cast.centre_of(GRID)[1]},
"""


@pytest.fixture
def client_of(walks: cast.Cast) -> "type[Client]":
    class Signed(Client):
        def __init__(self, username: str) -> None:
            super().__init__()
            self.force_login(walks.account(username))

    return Signed


@pytest.fixture
def administrator(client_of: "type[Client]") -> Client:
    return client_of("administrator")


def upload(client: Client, text: str) -> object:
    return client.post(
        "/desk/subjects/import/", {"file": SimpleUploadedFile("房屋.csv", text.encode("gb18030"))}
    )


def test_plans_stand_with_their_coverage_and_are_switched_on(administrator: Client) -> None:
    page = administrator.get("/desk/rounds/").content.decode()
    assert "日常巡查" in page
    assert "每天 1 次（工作日）" in page
    answer = administrator.post(
        "/desk/rounds/plans/daily-walk/", {"place": "南门街道", "on": "1", "since": "2026-01-01"}
    )
    assert answer.status_code == 302
    setting = PlanSetting.objects.get()
    assert (setting.place_code, setting.is_on, setting.since) == (cast.NANMEN, True, date(2026, 1, 1))
    assert Round.objects.filter(plan="daily-walk").exists()
    assert "启用" in administrator.get("/desk/rounds/plans/daily-walk/").content.decode()


def test_a_place_out_of_reach_is_refused_kindly(client_of: "type[Client]") -> None:
    answer = client_of("jiangbei-dispatcher").post(
        "/desk/rounds/plans/daily-walk/", {"place": cast.NANMEN, "on": "1"}
    )
    assert answer.status_code == 422
    assert "不在您的岗位范围内" in answer.content.decode()


def test_the_list_filters_and_exports(administrator: Client) -> None:
    done = due("daily-walk")
    Round.objects.filter(pk=done.pk).update(state="done", ended_at=timezone.now())
    due("daily-walk", grid=f"{cast.LIUJIN}001")
    page = administrator.get("/desk/rounds/list/", {"state": "done", "place": "万安社区"})
    assert [row.id for row in page.context["rows"]] == [done.pk]
    table = administrator.get("/desk/rounds/export/", {"state": "done", "as": "csv"})
    assert "日常巡查" in table.content.decode("utf-8-sig")
    odd = administrator.get("/desk/rounds/list/", {"state": "odd", "since": "2026-02-30", "place": "月球"})
    assert set(odd.context["faults"]) == {"state", "since", "place"}


def test_a_list_is_looked_at_and_then_imported(administrator: Client) -> None:
    seen = upload(administrator, LIST)
    assert "读到 2 行" in seen.content.decode()  # type: ignore[attr-defined]
    assert not Subject.objects.exists()
    context = seen.context  # type: ignore[attr-defined]
    administrator.post(
        "/desk/subjects/import/", {"do": "import", "text": context["text"], "name": context["name"]}
    )
    assert dict(Subject.objects.values_list("code", "place_code")) == {"H1": GRID, "H2": GRID}
    known = Known.objects.get()
    assert (known.value, known.source) == ("C", "list:房屋.csv")


def test_a_list_that_comes_again_changes_and_doubles_nothing(administrator: Client) -> None:
    for text in (LIST, LIST.replace("C 级", "D 级")):
        context = upload(administrator, text).context  # type: ignore[attr-defined]
        administrator.post(
            "/desk/subjects/import/", {"do": "import", "text": context["text"], "name": context["name"]}
        )
    assert Subject.objects.count() == 2
    assert list(Known.objects.order_by("id").values_list("value", "element")) == [
        ("C", "danger-grade"),
        ("D", "danger-grade"),
    ]
    assert Known.objects.get(until=None).value == "D"


@pytest.mark.parametrize(
    ("old", "new", "row", "field"),
    [
        ("房屋,H1", "城堡,H1", 1, "kind"),
        ("H2", "H1", 2, "code"),
        (GRID, "330299999999", 1, "place_code"),
        ("C 级", "Z 级", 1, "danger-grade"),
        ("万安巷 1 号", "", 1, "name"),
        (",纬度", ",高度", 0, "高度"),
    ],
)
def test_each_fault_is_told_with_its_row_and_field(
    administrator: Client, old: str, new: str, row: int, field: str
) -> None:
    seen = upload(administrator, LIST.replace(old, new, 1))
    assert seen.status_code == 422  # type: ignore[attr-defined]
    faults = [(one.row, one.field) for one, _said in seen.context["faults"]]  # type: ignore[attr-defined]
    assert (row, field) in faults


def test_a_house_is_added_changed_and_closed_by_hand(administrator: Client) -> None:
    given = {"kind": "shop", "name": "早点铺", "place_code": GRID, "do": "save"}
    address = administrator.post("/desk/subjects/new/", given)["Location"]
    administrator.post(address, given | {"name": "夜宵铺"})
    assert Subject.objects.get().name == "夜宵铺"
    administrator.post(address, {"do": "close"})
    assert not Subject.objects.get().is_active
    wrong = administrator.post("/desk/subjects/new/", {"kind": "shop", "name": ""})
    assert set(wrong.context["faults"]) == {"name", "place_code"}


def test_who_needs_which_element_is_listed(administrator: Client) -> None:
    page = administrator.get("/desk/elements/")
    storeys = next(one for one in page.context["elements"] if one.key == "storeys")
    assert [plan for _pack, plan, _question in storeys.asked_by] == ["危房巡查", "房屋走访"]
    grade = next(one for one in page.context["elements"] if one.key == "danger-grade")
    assert (grade.picked_by, grade.readers) == (["危房巡查"], ["住建"])


def test_what_is_known_is_read_by_the_duties_that_need_it(
    client_of: "type[Client]", administrator: Client
) -> None:
    context = upload(administrator, LIST).context  # type: ignore[attr-defined]
    administrator.post("/desk/subjects/import/", {"do": "import", "text": context["text"], "name": "x"})
    address = f"/desk/subjects/{Subject.objects.get(code='H1').pk}/"
    page = client_of("leader").get(address)
    assert page.context["known"] == []


def test_a_grid_worker_makes_no_plans(client_of: "type[Client]") -> None:
    for address in ("/desk/rounds/", "/desk/subjects/", "/desk/elements/", "/desk/subjects/import/"):
        assert client_of("grid-worker").get(address).status_code == 403


def test_one_round_shows_what_it_brought_and_its_photos(
    administrator: Client, client_of: "type[Client]"
) -> None:
    key = cast.photo()
    one = due("daily-walk")
    Round.objects.filter(pk=one.pk).update(
        state="done", photos=[key], points=3, metres=900, answers={"order": True, "hydrants": 4}
    )
    page = administrator.get(f"/desk/rounds/{one.pk}/").content.decode()
    assert "秩序良好" in page
    assert "消火栓数" not in page  # no duty of this person needs it
    assert administrator.get(f"/desk/rounds/{one.pk}/photos/{key}/").status_code == 200
    assert administrator.get(f"/desk/rounds/{one.pk}/photos/{cast.photo()}/").status_code == 404
    assert client_of("jiangbei-dispatcher").get(f"/desk/rounds/{one.pk}/").status_code == 404
