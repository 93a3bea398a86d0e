"""Staff set limits and numbers by day; what was in force stays, and the ledger knows who."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import timezone

from gezhi.ledger.models import Entry
from gezhi.ledger.queries import configuration_stamp
from gezhi.packs.actions import publish, set_parameter, withdraw_parameter
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.cli import packs
from gezhi.packs.loading import read_pack
from gezhi.packs.models import ParameterValue
from gezhi.packs.queries import active_catalogue
from gezhi.packs.setting import NotSet, Wanted, limit_of
from gezhi.packs.shapes import Limit, Parameter, Words
from gezhi.people.models import Account
from tests.packs.small import FILES, write

TODAY = date(2026, 9, 10)
KEY = "handling.normal"
LENGTHS = Parameter(
    key=KEY,
    title=Words(zh="时限", en="Limit"),
    values=(Limit(since=date(2026, 1, 1), length="1 days", source="tests"),),
)
NUMBERS = LENGTHS.model_copy(update={"values": (Limit(since=date(2026, 1, 1), number=1.0, source="tests"),)})


def wanted(value: str = "3 working days", since: date = TODAY, source: str = "order 7") -> Wanted:
    return Wanted(KEY, since, value, source)


def test_a_length_and_a_number_are_read() -> None:
    assert limit_of(wanted(), LENGTHS, TODAY).length == "3 working days"
    assert limit_of(wanted("0.25"), NUMBERS, TODAY).number == 0.25


@pytest.mark.parametrize(
    ("asked", "parameter", "code"),
    [
        (wanted(), None, "unknown-parameter"),
        (wanted(since=TODAY - timedelta(days=1)), LENGTHS, "bad-day"),
        (wanted(since=TODAY + timedelta(days=1200)), LENGTHS, "bad-day"),
        (wanted("three days"), LENGTHS, "bad-length"),
        (wanted("0 days"), LENGTHS, "bad-length"),
        (wanted("7"), LENGTHS, "bad-length"),
        (wanted("3 days"), NUMBERS, "bad-number"),
        (wanted("1e99"), NUMBERS, "bad-number"),
        (wanted(source=" x "), LENGTHS, "no-source"),
    ],
)
def test_what_cannot_be_set_is_refused(asked: Wanted, parameter: Parameter | None, code: str) -> None:
    with pytest.raises(NotSet) as refused:
        limit_of(asked, parameter, TODAY)
    assert refused.value.code == code


@pytest.fixture
def account(empty_node: None, tmp_path: Path) -> int:
    publish(read_pack(write(tmp_path / "small", FILES)))
    return Account.objects.create(username="ma", name="马").pk


def catalogue() -> Catalogue:
    return active_catalogue(configuration_stamp())


def length(day: date) -> str | None:
    limit = catalogue().limit(KEY, day)
    return limit.length if limit else None


@pytest.mark.django_db
def test_a_value_counts_from_its_day_until_a_later_one(account: int) -> None:
    set_parameter(wanted("7 days", date(2026, 8, 1)), account, date(2026, 8, 1))
    assert (length(date(2026, 7, 31)), length(date(2026, 8, 1))) == ("1 working days", "7 days")
    assert length(date(2026, 9, 1)) == "4 working hours"
    set_parameter(wanted("9 days", date(2026, 9, 1)), account, date(2026, 8, 1))
    assert length(date(2026, 9, 1)) == "9 days"


@pytest.mark.django_db
def test_a_second_value_for_a_day_replaces_the_first(account: int) -> None:
    set_parameter(wanted("7 days"), account, TODAY)
    set_parameter(wanted("8 days"), account, TODAY)
    assert length(TODAY) == "8 days"
    assert ParameterValue.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.django_db
def test_each_change_leaves_one_entry_that_every_process_sees(account: int) -> None:
    before = configuration_stamp()
    set_parameter(wanted(), account, TODAY)
    assert (
        Entry.objects.filter(kind="parameters.set", subject=f"parameter:{KEY}", configures=True).count() == 1
    )
    assert configuration_stamp() > before


@pytest.mark.django_db
def test_a_coming_value_is_withdrawn_and_one_in_force_is_not(account: int) -> None:
    later = set_parameter(wanted("7 days", TODAY + timedelta(days=5)), account, TODAY)
    withdraw_parameter(later.pk, account, TODAY)
    assert length(TODAY + timedelta(days=6)) == "4 working hours"
    now = set_parameter(wanted("8 days"), account, TODAY)
    for value_id, code in ((now.pk, "in-force"), (later.pk, "unknown-value")):
        with pytest.raises(NotSet) as refused:
            withdraw_parameter(value_id, account, TODAY)
        assert refused.value.code == code
    assert ParameterValue.objects.get(pk=now.pk).at <= timezone.now()


@pytest.mark.django_db
def test_an_export_holds_what_staff_have_set(account: int, tmp_path: Path) -> None:
    set_parameter(wanted("7 days"), account, TODAY)
    said = CliRunner().invoke(packs, ["export", "small", str(tmp_path / "out")]).output
    assert "Raise its version" in said
    values = read_pack(tmp_path / "out").parameters[0].values
    assert [(value.since, value.length) for value in values][-1] == (TODAY, "7 days")
