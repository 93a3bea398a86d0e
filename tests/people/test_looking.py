"""Who looked at personal data, and what may matter for security: kept as it was told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gezhi.ledger.models import Entry
from gezhi.people.actions import record_lookup, record_lookups, record_signal
from gezhi.people.looking import PAGE, Look
from gezhi.people.models import Lookup, Signal
from gezhi.people.purposes import CALLBACK, PURPOSES
from tests.cast import WANAN, Cast
from tests.owner import owning

WHY = "核实门牌号后上门"
ADDRESS = "203.0.113.7"


def look(city: Cast, number: int = 1, **more: object) -> Look:
    account = city.account("operator").pk
    plain: dict[str, object] = {
        "account_id": account,
        "purpose": CALLBACK,
        "subject_kind": "report",
        "subject_id": number,
        "fields": ("name", "phone"),
        "grade": 3,
        "way": PAGE,
        "reason": WHY,
        "place_code": WANAN,
        "address": ADDRESS,
    }
    return Look(**plain | more)  # type: ignore[arg-type]


def test_a_look_is_kept_with_who_what_when_and_why(city: Cast) -> None:
    made = record_lookup(look(city))
    kept = Lookup.objects.get()
    assert (kept.pk, kept.purpose, kept.reason, kept.fields, kept.grade) == (
        made.pk,
        CALLBACK,
        WHY,
        ["name", "phone"],
        3,
    )
    assert timezone.now() - kept.at < timedelta(minutes=1)


def test_the_ledger_knows_the_look_and_none_of_its_words(city: Cast) -> None:
    record_lookup(look(city))
    entry = Entry.objects.order_by("-id")[0]
    body = bytes(entry.body).decode()
    assert (entry.kind, entry.subject) == ("people.looked", "report:1")
    assert WHY not in body
    assert ADDRESS not in body


def test_a_thousand_looks_are_one_entry_and_few_statements(city: Cast) -> None:
    before = Entry.objects.count()
    made = record_lookups([look(city, number) for number in range(1000)])
    assert len(made) == Lookup.objects.count() == 1000
    assert Entry.objects.count() == before + 1


def test_nothing_is_looked_at_for_a_purpose_that_is_not_on_the_list(city: Cast) -> None:
    with pytest.raises(ValueError, match="not a purpose"):
        record_lookup(look(city, purpose="curiosity"))
    assert not Lookup.objects.exists()


@pytest.mark.parametrize(
    "change", ["purpose = 'handling'", "reason = 'other'", "at = now()", "subject_id = 9"]
)
def test_no_look_is_told_otherwise_afterwards(city: Cast, change: str) -> None:
    record_lookup(look(city))
    """Not even by the tables' owner, while the trigger stands."""
    with owning(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE people_lookup SET {change}")


def test_what_is_personal_in_a_look_may_be_emptied(city: Cast) -> None:
    record_lookup(look(city))
    Lookup.objects.update(reason="", address="", salt=b"")
    kept = Lookup.objects.get()
    assert (kept.reason, kept.address, kept.purpose) == ("", "", CALLBACK)


def test_a_look_goes_after_six_months_and_not_before(city: Cast) -> None:
    now = timezone.now()
    record_lookup(look(city), now)
    record_lookup(look(city), now - timedelta(days=185))
    with pytest.raises(IntegrityError), transaction.atomic():
        Lookup.objects.filter(at=now).delete()
    assert Lookup.objects.filter(at__lt=now).delete()[0] == 1


def test_a_signal_is_kept_and_its_facts_are_salted_in_the_ledger(city: Cast) -> None:
    made = record_signal("sign-in-failed", None, ADDRESS, {"name": "老张", "times": 3})
    assert Signal.objects.get().facts == {"name": "老张", "times": 3}
    entry = Entry.objects.order_by("-id")[0]
    assert (entry.kind, entry.subject) == ("people.signalled", f"signal:{made.pk}")
    assert "老张" not in bytes(entry.body).decode()
    with owning(), pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.update(kind="nothing")


def test_every_purpose_has_words_and_a_law_in_both_languages() -> None:
    for key, purpose in PURPOSES.items():
        assert key == purpose.key
        assert all((purpose.zh, purpose.en, purpose.basis_zh, purpose.basis_en))
