"""The one door: every report once, all of a batch or nothing, and a constant number of statements."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Barrier

import hypothesis
import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pytest_django import Settings

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.photos import load_photo
from gezhi.cases.procedure import Given
from gezhi.cases.world import world
from gezhi.ledger.models import Entry
from gezhi.notices.models import Notice
from tests import cast
from tests.cast import DAY, LAMP, LIUJIN, METRE, WANAN, Cast, report, reported
from tests.statements import statements
from tests.together import together

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)


def test_a_report_opens_a_case_with_its_history_its_entry_and_an_answer(city: Cast) -> None:
    receipt = reported("万安社区门口路灯不亮了", now=NOON, reporter_phone="13800001234", grid=f"{WANAN}002")
    case = Case.objects.get(id=receipt.case_id)
    assert (case.category, case.place_code, case.state) == (LAMP, f"{WANAN}002", "registered")
    assert case.number == receipt.case_number == f"20260701{case.pk:08d}"
    assert case.suggested_unit_id == city.units["haishu-works"]
    assert case.due_at == NOON.replace(hour=6)  # noon is lunch: thirty working minutes end at 14:00
    event = CaseEvent.objects.get(case=case)
    assert (event.seq, event.kind, event.to_state, event.facts["report"]) == (
        1,
        "report",
        "registered",
        receipt.report_id,
    )
    assert Entry.objects.filter(subject=f"case:{case.pk}", kind="case.report").count() == 1
    notice = Notice.objects.get(report_id=receipt.report_id)
    assert receipt.case_number in notice.text
    assert notice.transport == "portal"


def test_a_report_sent_again_gets_its_first_receipt(city: Cast) -> None:
    said = report(reporter_phone="13800001234")
    first, again = accept([said])[0], accept([replace(said, text="words changed meanwhile")])[0]
    assert again == replace(first, known=True)
    assert (Report.objects.count(), CaseEvent.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_the_same_id_of_another_source_is_another_report(city: Cast) -> None:
    said = report()
    accept([said, replace(said, source="hotline")])
    assert Report.objects.count() == 2


def test_an_id_twice_in_a_batch_is_one_report(city: Cast) -> None:
    said = report()
    first, second = accept([said, said])
    assert (first.known, second.known) == (False, True)
    assert first.report_id == second.report_id
    assert Report.objects.count() == 1


def test_known_and_new_reports_in_one_batch_keep_their_order(city: Cast) -> None:
    known = report()
    accept([known])
    new = [report(grid=f"{LIUJIN}001"), report(grid=f"{LIUJIN}002")]
    receipts = accept([new[0], known, new[1]])
    assert [receipt.known for receipt in receipts] == [False, True, False]
    kept = [Report.objects.get(id=receipt.report_id).source_id for receipt in receipts]
    assert kept == [new[0].source_id, known.source_id, new[1].source_id]


def test_no_reports_leave_nothing(city: Cast) -> None:
    assert accept([]) == []
    assert Case.objects.count() == 0


def test_the_same_matter_joins_within_a_batch_and_across_batches(city: Cast) -> None:
    first, second = accept([report(), report()])
    third = reported()
    assert [one.joined for one in (first, second, third)] == [False, True, True]
    case = Case.objects.get()
    assert (case.report_count, case.version) == (3, 3)
    assert list(CaseEvent.objects.order_by("seq").values_list("seq", "kind")) == [
        (1, "report"),
        (2, "join"),
        (3, "join"),
    ]


def test_a_closed_case_is_not_joined(city: Cast) -> None:
    first = reported()
    act(city.actor("dispatcher"), first.case_id, "reject", Given(reason="不属于受理范围"))
    assert not reported().joined


def test_everyone_hears_and_those_who_join_hear_that_it_was_known(city: Cast) -> None:
    accept([report(reporter_phone="13800000001"), report(reporter_phone="13800000002")])
    assert list(Notice.objects.order_by("id").values_list("message", flat=True)) == ["received", "joined"]


def test_answers_come_in_the_language_of_the_reporter(city: Cast) -> None:
    receipt = reported(language="en")
    assert Notice.objects.get().text.startswith("Thank you")
    assert receipt.case_number in Notice.objects.get().text


def test_a_machine_without_a_phone_is_told_nothing(city: Cast) -> None:
    reported(source="api:7")
    assert not Notice.objects.exists()


def test_photos_stand_as_evidence_of_the_report(city: Cast) -> None:
    photo = load_photo(cast.photo())
    receipt = reported(photos=(photo,))
    evidence = Evidence.objects.get()
    assert (str(evidence.key), evidence.case_id, evidence.report_id) == (
        photo.key,
        receipt.case_id,
        receipt.report_id,
    )
    assert evidence.event_seq == 1


def test_nothing_stays_of_a_batch_that_fails(city: Cast) -> None:
    good, poisonous = report(), report("\0")
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        accept([good, poisonous])
    counts = [model.objects.count() for model in (Case, Report, CaseEvent, Notice)]
    assert counts == [0, 0, 0, 0]
    assert not Entry.objects.filter(kind__startswith="case.").exists()


def spread(count: int, **fields: object) -> list[NewReport]:
    """Reports of ninety places in six grids, so that the later ones join."""
    spots = [
        (lon, lat + (n - 7) * 70 * METRE) for n in range(15) for lon, lat in map(cast.centre_of, cast.WEST)
    ]
    return [
        report(lon=lon, lat=lat, reporter_phone="13800001234", **fields)
        for lon, lat in itertools.islice(itertools.cycle(spots), count)
    ]


def counted(size: int) -> int:
    """Statements of a batch; the larger ones open cases and join some."""
    batch = spread(size)
    with statements() as sent:
        accept(batch)
    return len(sent)


def test_any_number_of_reports_takes_thirteen_statements(committed: Cast, settings: Settings) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    world()  # a process reads its configuration once
    assert counted(1) == 12  # opens a case
    assert counted(1) == 12  # joins it
    assert [counted(size) for size in (10, 1000)] == [13, 13]
    photographed = [
        report(photos=(load_photo(cast.photo()),), reporter_phone="13800001234") for _ in range(2)
    ]
    with statements() as sent:
        accept(photographed[:1])
    assert len(sent) == 13
    with statements() as sent:
        accept([photographed[1], report("垃圾成堆", reporter_phone="13800001234")])
    assert len(sent) == 14  # joins, opens and has a photo


def test_a_thousand_reports_count_their_events_without_a_gap(city: Cast) -> None:
    accept(spread(1000))
    accept(spread(200))
    for case in Case.objects.prefetch_related("events"):
        assert sorted(event.seq for event in case.events.all()) == list(range(1, case.version + 1))
        assert case.report_count == case.version
    assert Report.objects.count() == CaseEvent.objects.count() == 1200


REPORTS = st.lists(
    st.tuples(
        st.sampled_from(["路灯不亮了", "路灯不亮了好几天", "窨井盖翘起来了", "垃圾成堆"]),
        st.one_of(st.none(), st.tuples(st.integers(-80, 80), st.integers(-80, 80))),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=12,
)


@hypothesis.settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(REPORTS)
def test_a_batch_equals_the_same_reports_one_by_one(
    city: Cast, said: list[tuple[str, tuple[int, int] | None, int]]
) -> None:
    lon, lat = cast.centre_of(f"{WANAN}001")
    reports = [
        report(
            text,
            occurred_at=NOON + days * DAY,
            lon=lon + point[0] * METRE if point else None,
            lat=lat + point[1] * METRE if point else None,
        )
        for text, point, days in said
    ]
    at = NOON + 21 * DAY
    together_, alone = (
        _forgotten(lambda: accept(reports, at)),
        _forgotten(lambda: [accept([one], at)[0] for one in reports]),
    )
    assert together_ == alone


def _forgotten(accepting: object) -> list[tuple[int, str, str, bool]]:
    """What the receipts say, with cases counted from the first; then nothing of it stays."""
    with transaction.atomic():
        receipts = accepting()  # type: ignore[operator]
        transaction.set_rollback(True)
    numbers: dict[int, int] = {}
    return [
        (numbers.setdefault(one.case_id, len(numbers)), one.category, one.place_code, one.joined)
        for one in receipts
    ]


def test_the_same_report_through_two_threads_at_once_is_one(committed: Cast) -> None:
    for _ in range(5):
        said = report()
        receipts = [
            one[0] for one in together([partial(accept, [said])] * 2) if not isinstance(one, Exception)
        ]
        assert len({receipt.report_id for receipt in receipts}) == 1
        assert sorted(receipt.known for receipt in receipts) == [False, True]
    assert Report.objects.count() == 5


def test_the_same_matter_through_many_threads_at_once_is_one_case(committed: Cast) -> None:
    receipts = together([partial(accept, [report()]) for _ in range(12)])
    assert len({one[0].case_id for one in receipts if not isinstance(one, Exception)}) == 1
    case = Case.objects.get()
    assert case.report_count == case.version == 12
    assert list(CaseEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 13))


def test_overlapping_batches_at_once_never_wait_for_each_other_in_a_ring(committed: Cast) -> None:
    matters = spread(60)
    accept(matters)
    batches = [[replace(one, source_id=f"{n}-{one.source_id}") for one in matters] for n in range(6)]
    batches = [batch[::-1] if n % 2 else batch for n, batch in enumerate(batches)]
    results = together([partial(accept, batch) for batch in batches])
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Report.objects.count() == 60 * 7


def test_a_case_that_closes_in_this_instant_is_not_joined(committed: Cast) -> None:
    """The step holds the case's row; the report waits for it, sees it closed, and opens a case of its own."""
    first, taken = reported(), Barrier(2)

    def close() -> None:
        with transaction.atomic():
            act(committed.actor("dispatcher"), first.case_id, "reject", Given(reason="不属于受理范围"))
            taken.wait(10)
            _wait_until_somebody_waits()

    def join() -> object:
        taken.wait(10)
        return accept([report()])[0]

    closed, receipt = together([close, join])
    assert closed is None
    assert getattr(receipt, "joined", receipt) is False
    assert Case.objects.get(id=first.case_id).report_count == 1


def _wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT count(*), pg_sleep(0.01) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited for the case")
