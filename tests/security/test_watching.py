"""Signals become warnings, warnings open cases with the lawful clock, people answer."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from gezhi.cases.models import Case, CaseEvent, Report
from gezhi.ledger.models import Entry
from gezhi.lib.refused import Refused
from gezhi.notices.models import Notice
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import record_signal
from gezhi.security.actions import acknowledge, mute, open_case, take_up_warnings, watch
from gezhi.security.models import RaisedWarning, Watched
from gezhi.security.queries.counting import counted
from gezhi.security.warning import Do
from tests.cast import Cast
from tests.security.test_warning_rules import rule

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=timezone.get_default_timezone())
MINUTE = timedelta(minutes=1)
STRANGER = "203.0.113.9"


@pytest.fixture
def guarded(city: Cast) -> Cast:
    publish(read_pack(settings.PACKS_DIR / "security"))
    return city


def signals(
    number: int, kind: str = "sign-in-failed", *, at: datetime = NOW, address: str = STRANGER, **facts: int
) -> None:
    for place in range(number):
        record_signal(kind, None, address, facts, at - place * timedelta(seconds=1))


def exports(account_id: int, rows: int, at: datetime = NOW) -> None:
    record_signal("export", account_id, "10.0.0.5", {"rows": rows}, at)


def test_so_many_events_at_one_address_are_one_warning_with_its_signals(guarded: Cast) -> None:
    signals(12)
    made = watch(NOW)
    assert [(one.do, one.group, one.level) for one in made] == [(Do.RAISE, STRANGER, 1)]
    warning = RaisedWarning.objects.get()
    assert (warning.rule, warning.number, warning.signal_count) == ("sec-guessed-passwords", 12, 12)
    assert warning.joined.count() == 12
    assert Watched.objects.get().rules == 21


def test_more_of_the_same_joins_and_rises_and_nothing_new_changes_nothing(guarded: Cast) -> None:
    signals(12)
    watch(NOW)
    assert watch(NOW) == []
    signals(20, at=NOW + MINUTE)
    assert [one.do for one in watch(NOW + MINUTE)] == [Do.RISE]
    warning = RaisedWarning.objects.get()
    assert (warning.level, warning.number, warning.signal_count) == (2, 32, 32)


def test_a_warning_ends_when_nothing_more_is_heard_and_stands_again_within_the_quiet_time(
    guarded: Cast,
) -> None:
    signals(12)
    watch(NOW)
    later = NOW + 20 * MINUTE
    assert [one.do for one in watch(later)] == [Do.END]
    signals(12, at=later + 30 * MINUTE)
    assert [one.do for one in watch(later + 30 * MINUTE)] == [Do.RESUME]
    assert RaisedWarning.objects.get().ended_at is None


def test_addresses_and_accounts_have_warnings_of_their_own(guarded: Cast) -> None:
    signals(12)
    signals(12, address="198.51.100.7")
    exports(7, 60_000)
    watch(NOW)
    found = set(RaisedWarning.objects.values_list("rule", "by", "group", "level"))
    assert found == {
        ("sec-guessed-passwords", "address", STRANGER, 1),
        ("sec-guessed-passwords", "address", "198.51.100.7", 1),
        ("sec-large-exports", "account", "7", 2),
    }


def test_different_accounts_are_counted_apart_from_how_often(guarded: Cast) -> None:
    for account in range(6):
        record_signal("sign-in-failed", account, STRANGER, {}, NOW)
    watch(NOW)
    assert list(RaisedWarning.objects.values_list("rule", "level", "number")) == [
        ("sec-sprayed-passwords", 2, 6)
    ]


@pytest.mark.parametrize(("hour", "many"), [(21, 0), (22, 1), (23, 1), (5, 1), (6, 0), (12, 0)])
def test_hours_go_by_the_citys_clock_and_over_midnight(guarded: Cast, hour: int, many: int) -> None:
    at = NOW.replace(hour=hour, minute=30)
    exports(7, 900, at)
    night = rule(hours="22:00-06:00", sums="rows", levels={"blue": 500}, within="1 hours")
    assert len(counted(night, at + MINUTE)) == many


def test_a_warning_that_is_high_enough_opens_a_case_with_the_lawful_clock(guarded: Cast) -> None:
    exports(7, 300_000)
    watch(NOW)
    [case_id] = take_up_warnings(NOW)
    case = Case.objects.get(pk=case_id)
    assert (case.category, case.state, case.place_code) == ("sec-leak", "found", "330200000000")
    assert case.due_at == NOW + timedelta(hours=4)
    report = Report.objects.get(case_id=case_id)
    assert report.attributes["warning_rule"] == "sec-large-exports"
    assert "不是对人的评价" in report.text
    assert RaisedWarning.objects.get().case_id == case_id
    assert take_up_warnings(NOW + MINUTE) == []


@pytest.mark.parametrize(("kind", "hours"), [("cii", 1), ("central", 2), ("other", 4)])
def test_what_the_node_is_by_law_sets_the_clock(
    guarded: Cast, settings: Settings, kind: str, hours: int
) -> None:
    settings.OPERATOR_KIND = kind
    exports(7, 300_000)
    watch(NOW)
    [case_id] = take_up_warnings(NOW)
    assert Case.objects.get(pk=case_id).due_at == NOW + timedelta(hours=hours)


def test_another_warning_of_the_same_account_joins_the_open_case(guarded: Cast) -> None:
    exports(7, 300_000)
    watch(NOW)
    [first] = take_up_warnings(NOW)
    for minute in range(60):
        exports(7, 1, NOW + minute * timedelta(seconds=50))
    later = NOW + 50 * MINUTE
    watch(later)
    assert take_up_warnings(later) == [first]
    assert Case.objects.filter(category="sec-leak").count() == 1
    assert CaseEvent.objects.filter(case_id=first, transition="more-signals").count() == 1
    assert set(RaisedWarning.objects.values_list("case_id", flat=True)) == {first}


def test_whoever_is_on_duty_is_told_by_telephone(guarded: Cast, settings: Settings) -> None:
    settings.SMS_URL, settings.SECURITY_PHONES = "http://127.0.0.1:9/", ["13800000000", "13900000000"]
    exports(7, 300_000)
    watch(NOW)
    take_up_warnings(NOW)
    told = Notice.objects.order_by("to")
    assert [one.to for one in told] == ["13800000000", "13900000000"]
    assert "橙色" in told[0].text
    assert "13:00 前研判上报" in told[0].text


def test_what_is_muted_opens_no_case_until_the_time_is_over(guarded: Cast) -> None:
    account = guarded.account("administrator").pk
    exports(7, 300_000)
    watch(NOW)
    warning = RaisedWarning.objects.get()
    mute(warning.pk, account, NOW + timedelta(hours=2), "盘点，已报备", NOW)
    assert take_up_warnings(NOW) == []
    assert len(take_up_warnings(NOW + timedelta(hours=3))) == 1


def test_a_warning_is_acknowledged_once_for_each_level(guarded: Cast) -> None:
    account = guarded.account("administrator").pk
    signals(12)
    watch(NOW)
    warning = RaisedWarning.objects.get()
    acknowledge(warning.pk, account, "看过了", NOW)
    with pytest.raises(Refused):
        acknowledge(warning.pk, account, "", NOW)
    signals(30, at=NOW + MINUTE)
    watch(NOW + MINUTE)
    warning.refresh_from_db()
    assert warning.acknowledged_at is None


@pytest.mark.parametrize(("days", "reason"), [(40, "盘点"), (-1, "盘点"), (1, "  ")])
def test_nothing_is_muted_for_ever_or_without_a_reason(guarded: Cast, days: int, reason: str) -> None:
    signals(12)
    watch(NOW)
    with pytest.raises(Refused):
        mute(RaisedWarning.objects.get().pk, 1, NOW + timedelta(days=days), reason, NOW)


def test_a_person_may_open_a_case_of_a_low_warning(guarded: Cast) -> None:
    account = guarded.account("administrator").pk
    signals(12)
    watch(NOW)
    case_id = open_case(RaisedWarning.objects.get().pk, account, NOW)
    assert Case.objects.get(pk=case_id).category == "sec-access"
    assert open_case(RaisedWarning.objects.get().pk, account, NOW) == case_id


def test_the_ledger_tells_of_warnings_and_holds_no_address(guarded: Cast) -> None:
    signals(120)
    watch(NOW)
    take_up_warnings(NOW)
    kinds = ["security.warning.raised", "security.warning.case"]
    told = [bytes(body) for body in Entry.objects.filter(kind__in=kinds).values_list("body", flat=True)]
    assert len(told) == 2
    assert not any(STRANGER.encode() in body for body in told)


def test_a_number_beyond_reason_is_a_warning_and_no_fault(guarded: Cast) -> None:
    for count in (10**30, 10**300):
        record_signal("wrong-key", None, STRANGER, {"count": count}, NOW)
    record_signal("refused", None, STRANGER, {"count": "many"}, NOW)
    watch(NOW)
    assert list(RaisedWarning.objects.values_list("rule", "level")) == [("sec-wrong-keys", 3)]


def test_nothing_is_watched_before_rules_are_published(city: Cast) -> None:
    signals(500)
    assert watch(NOW) == []
    assert take_up_warnings(NOW) == []
