"""The inbox: who is told what, how often it is counted, and what it costs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act
from gezhi.cases.actions.talk import write_note
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import ImportRun, Seen
from gezhi.cases.procedure import Given
from gezhi.cases.queries.inbox import inbox, sources_of, unseen
from gezhi.cases.world import world
from tests import cast
from tests.cast import Cast
from tests.desk.conftest import SignedIn


@pytest.fixture
def dispatched(city: Cast) -> Receipt:
    receipt = cast.reported()
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    return receipt


def page_of(client: Client, query: str = "") -> str:
    return client.get(f"/desk/inbox/{query}").content.decode()


def kinds_of(city: Cast, who: str) -> list[str]:
    actor = city.actor(who)
    return [line.kind for line in inbox(sources_of(actor, world()), actor.account_id, timezone.now()).lines]


def test_a_new_case_is_told_to_those_who_handle_for_its_unit(city: Cast, dispatched: Receipt) -> None:
    assert kinds_of(city, "handler") == kinds_of(city, "second-handler") == ["lead"]
    assert kinds_of(city, "jiangbei-handler") == []
    assert kinds_of(city, "grid-worker") == ["opened"]


def test_a_unit_that_is_whistled_for_is_told_with_its_limit(
    signed_in: SignedIn, city: Cast, dispatched: Receipt
) -> None:
    given = Given(unit_ids=(city.units["jiangbei-works"],), text="请来看看")
    act(city.actor("dispatcher"), dispatched.case_id, "whistle", given)
    page = page_of(signed_in("jiangbei-handler"))
    assert "江北区综合行政执法局 被吹哨，请报到" in page and dispatched.case_number in page
    assert "剩" in page


def test_a_carded_unit_is_told_why(signed_in: SignedIn, city: Cast, dispatched: Receipt) -> None:
    act(city.actor("supervisor"), dispatched.case_id, "yellow-card", Given(reason="拖了三天没人去"))
    page = page_of(signed_in("handler"), "?kind=cards")
    assert "海曙区综合行政执法局 收到黄牌" in page and "拖了三天没人去" in page
    assert "收到黄牌" not in page_of(signed_in("jiangbei-handler"))


def test_a_request_is_told_to_whose_turn_it_is(signed_in: SignedIn, city: Cast, dispatched: Receipt) -> None:
    act(city.actor("handler"), dispatched.case_id, "receive", Given())
    act(city.actor("handler"), dispatched.case_id, "extend", Given(length="1 working days", reason="缺件"))
    assert "待审批" in page_of(signed_in("supervisor"), "?kind=asked")
    assert dispatched.case_number in page_of(signed_in("supervisor"), "?kind=asked")
    assert kinds_of(city, "leader") == [] == kinds_of(city, "dispatcher")  # longer times only
    act(city.actor("supervisor"), dispatched.case_id, "approve", Given())
    assert kinds_of(city, "supervisor") == []


def test_a_finished_import_is_told_to_whoever_began_it(signed_in: SignedIn, city: Cast) -> None:
    now = timezone.now()
    ImportRun.objects.create(
        key="6f4e6f3e-6a0e-4b6e-9a31-0a4a4b1f2c11",
        name="七月 来电.csv",
        account_id=city.account("dispatcher").pk,
        state="done",
        mapping={},
        path="x",
        started_at=now,
        ended_at=now,
        added=12,
        refused=3,
    )
    page = page_of(signed_in("dispatcher"), "?kind=jobs")
    assert "导入完成：七月 来电.csv，新增 12 条，退回 3 条" in page
    assert "七月" not in page_of(signed_in("second-dispatcher"))


def test_the_head_of_every_page_counts_what_is_new_until_it_was_seen(
    signed_in: SignedIn, city: Cast, dispatched: Receipt
) -> None:
    write_note(city.actor("dispatcher"), dispatched.case_id, "@处置员老张 今天能到吗")
    handler = signed_in("handler")
    assert '<b class="unseen-count">2<' in handler.get("/desk/").content.decode()
    assert '<span class="tag">新</span>' in page_of(handler)
    handler.post("/desk/inbox/seen/")
    assert "unseen-count" not in handler.get("/desk/").content.decode()
    assert '<span class="tag">新</span>' not in page_of(handler)
    assert "提到您" in page_of(handler, "?kind=mention")


def test_a_mention_that_was_read_on_the_case_is_no_longer_new(
    signed_in: SignedIn, city: Cast, dispatched: Receipt
) -> None:
    write_note(city.actor("leader"), dispatched.case_id, "@派遣员小李 看")
    client = signed_in("dispatcher")
    assert "unseen-count" in client.get("/desk/").content.decode()
    client.get(f"/desk/cases/{dispatched.case_number}/")
    assert "unseen-count" not in client.get("/desk/").content.decode()


def test_what_left_the_persons_sight_leaves_the_inbox(
    signed_in: SignedIn, city: Cast, dispatched: Receipt
) -> None:
    write_note(city.actor("dispatcher"), dispatched.case_id, "@处置员老张 内情")
    act(city.actor("handler"), dispatched.case_id, "return", Given(reason="不归我们"))
    assert "内情" not in page_of(signed_in("handler"))


def test_what_is_older_than_thirty_days_is_not_told(city: Cast, dispatched: Receipt) -> None:
    actor = city.actor("handler")
    later = timezone.now() + timedelta(days=31)
    assert not inbox(sources_of(actor, world()), actor.account_id, later).lines
    assert unseen(sources_of(actor, world()), actor.account_id, later) == 0


def test_pages_follow_one_another_without_a_gap(city: Cast) -> None:
    for grid in list(cast.WEST)[:5]:
        receipt = cast.reported(grid=grid)
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    actor, now = city.actor("handler"), timezone.now()
    sources, seen, before = sources_of(actor, world()), list[int](), None
    while True:
        found = inbox(sources, actor.account_id, now, before, size=2)
        seen += [line.ref for line in found.lines]
        before = found.next
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_strange_address_shows_the_newest(signed_in: SignedIn, dispatched: Receipt) -> None:
    for query in (
        "?before=yesterday",
        "?before=2026-02-31T00:00",
        "?kind=nonsense",
        "?before=2026-07-01T00:00:00",
    ):
        assert dispatched.case_number in page_of(signed_in("handler"), query)


def test_counting_costs_one_statement_and_the_page_a_few(
    signed_in: SignedIn,
    city: Cast,
    dispatched: Receipt,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    actor = city.actor("both")
    sources = sources_of(actor, world())
    with django_assert_max_num_queries(1):
        assert unseen(sources, actor.account_id, timezone.now()) == 1
    client = signed_in("both")
    with django_assert_max_num_queries(8):
        client.get("/desk/inbox/")
    assert not Seen.objects.exists()
