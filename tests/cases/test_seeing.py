"""Who sees what: staff their places and units, reporters their own report and nobody else's."""

from dataclasses import asdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.intake.door import accept
from gezhi.cases.models import Case
from gezhi.cases.photos import load_photo
from gezhi.cases.procedure import Given
from gezhi.cases.queries import Filters, case_list, case_page, queues, tracked
from tests import cast
from tests.cast import BAISHA, HAISHU, JIANGBEI, LAMP, LIUJIN, RUBBISH, WANAN, Cast, report, reported


def numbers(city: Cast, who: str, **filters: str) -> set[str]:
    return {line.number for line in case_list(city.actor(who), Filters.read(filters), timezone.now()).lines}


@pytest.mark.parametrize(
    ("who", "haishu", "jiangbei"),
    [
        ("dispatcher", True, False),
        ("jiangbei-dispatcher", False, True),
        ("leader", True, True),
        ("grid-worker", True, False),
        ("nobody", False, False),
        ("handler", False, False),  # until the unit holds it
    ],
)
def test_each_sees_the_cases_of_the_own_place(city: Cast, who: str, haishu: bool, jiangbei: bool) -> None:
    here, there = reported(), reported(grid=f"{BAISHA}001")
    seen = numbers(city, who)
    assert (here.case_number in seen, there.case_number in seen) == (haishu, jiangbei)
    pages = [case_page(city.actor(who), one.case_number, timezone.now()) for one in (here, there)]
    assert [page is not None for page in pages] == [haishu, jiangbei]


def test_a_unit_sees_what_it_holds_and_no_longer_what_it_returned(city: Cast) -> None:
    receipt = reported(grid=f"{BAISHA}001")
    unit = city.units["haishu-works"]
    act(city.actor("jiangbei-dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit))
    assert numbers(city, "handler") == {receipt.case_number}
    act(city.actor("handler"), receipt.case_id, "return", Given(reason="不在辖区"))
    assert numbers(city, "handler") == set()


def test_filters_narrow_the_list(city: Cast) -> None:
    lamp, rubbish = reported(), reported("垃圾成堆没人清理", grid=f"{LIUJIN}001")
    act(city.actor("dispatcher"), lamp.case_id, "accept", Given())
    by_number = {"text": lamp.case_number}
    asked = {
        lamp.case_number: (
            {"state": "filed"},
            {"category": LAMP},
            {"place": WANAN},
            {"text": "路灯"},
            by_number,
        ),
        rubbish.case_number: ({"category": RUBBISH}, {"place": LIUJIN}, {"text": "垃圾 清理"}),
    }
    for number, filters in asked.items():
        for one in filters:
            assert numbers(city, "dispatcher", **one) == {number}, one
    assert numbers(city, "dispatcher", place=JIANGBEI) == set()
    assert numbers(city, "dispatcher", status="closed") == set()
    assert len(numbers(city, "dispatcher", place=HAISHU, status="open", sort="due")) == 2


@pytest.mark.parametrize("sort", ["newest", "due"])
def test_pages_follow_each_other_without_loss(city: Cast, sort: str) -> None:
    lon, lat = cast.centre_of(f"{WANAN}001")
    made = accept([report(lat=lat + (n - 3) * 100 * cast.METRE, lon=lon) for n in range(7)])
    actor, filters, seen, after = city.actor("dispatcher"), Filters.read({"sort": sort}), list[str](), ""
    for _ in range(10):
        page = case_list(actor, filters, timezone.now(), after, size=2)
        seen += [line.number for line in page.lines]
        after = page.next or ""
        if not after:
            break
    assert sorted(seen) == sorted(one.case_number for one in made)


def test_a_list_and_all_queues_take_one_statement_each(city: Cast) -> None:
    reported()
    actor, now = city.actor("dispatcher"), timezone.now()
    with CaptureQueriesContext(connection) as sent:
        case_list(actor, Filters(), now)
    assert len(sent) == 1
    with CaptureQueriesContext(connection) as sent:
        counts = {queue.key: queue.count for queue in queues(actor, now)}
    assert len(sent) == 1
    assert counts == {
        "registered": 1,
        "filed": 0,
        "asked": 0,
        "overdue": 0,
        "soon": counts["soon"],
        "open": 1,
    }


def test_a_queue_counts_what_its_list_shows(city: Cast) -> None:
    reported()
    reported(grid=f"{BAISHA}001")
    later = timezone.now() + 30 * cast.DAY
    for who in ("dispatcher", "leader", "handler", "nobody"):
        for queue in queues(city.actor(who), later):
            filters = Filters.read(dict(part.split("=") for part in queue.query.split("&")))
            shown = case_list(city.actor(who), filters, later).lines
            assert queue.count == len([line for line in shown if line.is_open]), (who, queue)


def test_a_reporter_needs_the_code_and_the_last_four_digits(city: Cast) -> None:
    code = reported(reporter_phone="138 0000-1234").tracking_code
    assert tracked(code, "1234") is not None
    assert tracked(f" {code[:4].lower()}-{code[4:]} ", " 1234 ") is not None
    for wrong in ("1235", "", "01234", "138 0000-1234", "１２３４"):
        assert tracked(code, wrong) is None
    assert tracked("", "1234") is None
    assert tracked("ABCDEFGHJKLM", "1234") is None


def test_who_left_no_phone_needs_the_code_alone(city: Cast) -> None:
    assert tracked(reported().tracking_code, "") is not None


def test_a_reporter_reads_nothing_of_another_reporter(city: Cast) -> None:
    mine = {"reporter_phone": "13800000001", "photos": (load_photo(cast.photo()),)}
    theirs = {
        "reporter_phone": "13800000002",
        "reporter_name": "李女士",
        "photos": (load_photo(cast.photo()),),
    }
    first, second = accept([report("路灯不亮了，我家门口", **theirs), report("路灯不亮了", **mine)])
    assert first.case_id == second.case_id
    act_as_reporter(first.case_id, first.report_id, "add", Given(text="我是三单元的李女士"))
    seen = tracked(second.tracking_code, "0001")
    assert seen is not None
    shown = repr(
        [[asdict(event) for event in seen.events], [(answer.to, answer.text) for answer in seen.answers]]
    )
    assert not any(secret in shown for secret in ("13800000002", "李女士", "我家门口", "三单元"))
    assert {photo.report_id for photo in seen.photos} == {second.report_id}
    assert [event.kind for event in seen.events] == ["report", "join"]


def test_a_reporter_sees_the_way_of_the_case_and_what_may_be_done(city: Cast) -> None:
    receipt = reported(reporter_phone="13800001234", photos=(load_photo(cast.photo()),))
    other = reported(grid=f"{WANAN}002")
    seen = tracked(receipt.tracking_code, "1234")
    assert seen is not None
    assert set(seen.steps) == {"withdraw", "add"}
    act(city.actor("dispatcher"), receipt.case_id, "merge", Given(case_number=other.case_number))
    seen = tracked(receipt.tracking_code, "1234")
    assert seen is not None
    assert (seen.case.pk, len(seen.photos), set(seen.steps)) == (other.case_id, 1, {"add"})


def test_rating_is_offered_once_after_each_closing(city: Cast) -> None:
    from tests.cases.test_actions import Loop

    loop = Loop(city, reported()).closed()

    def offered() -> set[str]:
        seen = tracked(loop.receipt.tracking_code, "")
        return set(seen.steps) if seen else set()

    assert offered() == {"rate", "reopen"}
    loop.reporter("rate", rating=3)
    assert offered() == {"reopen"}


def test_a_case_page_shows_each_step_with_its_photos_and_people(city: Cast) -> None:
    from tests.cases.test_actions import Loop

    loop = Loop(city, reported()).handled()
    page = case_page(city.actor("verifier"), loop.receipt.case_number, timezone.now())
    assert page is not None
    assert [event.kind for event in page.events] == ["report", "dispatch", "receive", "finish"]
    assert (page.events[3].who, len(page.events[3].photos), page.events[3].text) == (
        "处置员老张",
        1,
        "已修好",
    )
    assert {one.transition.key for one in page.options if one.refusal is None} == {"verify", "rework"}
    assert page.unit is not None
    assert page.unit.name == "海曙区综合行政执法局"
    assert Case.objects.get().version == 4
