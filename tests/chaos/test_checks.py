"""The checks after the kills find what they are there to find."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.photos import load_photo, photo_path
from gezhi.notices.actions import send_some
from gezhi.notices.models import Notice
from tests import cast
from tests.cast import Cast, report, reported
from tests.chaos.checks import broken_promises
from tests.chaos.gateway import Gateway
from tests.chaos.load import Book
from tests.owner import owning


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    with Gateway() as running:
        settings.SMS_URL = running.url
        yield running


@pytest.fixture
def book(city: Cast, gateway: Gateway) -> Book:
    """One acknowledged report with a phone and a photo, answered."""
    said = report(reporter_phone="13800001234", photos=(load_photo(cast.photo()),))
    receipt = cast.accept([said])[0]
    send_some(timezone.now())
    return Book(asked={said.source_id}, acknowledged={said.source_id: receipt.tracking_code})


def found(book: Book, gateway: Gateway) -> str:
    return "\n".join(broken_promises(book, gateway))


def test_a_kept_promise_is_not_complained_of(book: Book, gateway: Gateway) -> None:
    assert found(book, gateway) == ""


def test_a_lost_report_is_found(book: Book, gateway: Gateway) -> None:
    book.acknowledged["lost"] = "ABCDEFGHJKLM"
    assert "report lost: acknowledged, not there" in found(book, gateway)


def test_a_report_that_nobody_sent_is_found(book: Book, gateway: Gateway) -> None:
    reported(source_id="stranger", grid=f"{cast.LIUJIN}001")
    assert "report stranger: nobody sent it" in found(book, gateway)


def test_another_code_is_found(book: Book, gateway: Gateway) -> None:
    Report.objects.update(tracking_code="ABCDEFGHJKLM")
    assert "another code was acknowledged" in found(book, gateway)


def test_a_gap_in_the_history_is_found(book: Book, gateway: Gateway) -> None:
    with owning():
        CaseEvent.objects.update(seq=2)
    assert "version 1, 1 events from 2 to 2" in found(book, gateway)
    with owning():
        CaseEvent.objects.all().delete()
    assert "version 1, 0 events" in found(book, gateway)


def test_a_wrong_count_of_reports_is_found(book: Book, gateway: Gateway) -> None:
    Case.objects.update(report_count=2)
    assert "counts 2 reports, has 1" in found(book, gateway)


def test_a_forged_entry_is_found(book: Book, gateway: Gateway) -> None:
    with owning(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET body = 'x' WHERE kind = 'case.report'")
    assert "does not match its hash" in found(book, gateway)


def test_answers_lost_doubled_or_exchanged_are_found(book: Book, gateway: Gateway) -> None:
    key, bodies = next(iter(gateway.taken.items()))
    gateway.taken[key] = [*bodies, b'{"to": "1", "text": "?"}']
    assert "its key came with other words" in found(book, gateway)
    del gateway.taken[key]
    assert "the gateway never took it" in found(book, gateway)
    Notice.objects.all().delete()
    assert "0 first answers" in found(book, gateway)


def test_a_photo_without_its_file_is_found(book: Book, gateway: Gateway) -> None:
    path = photo_path(str(Evidence.objects.get().key))
    path.write_bytes(b"another picture")
    assert "its file is another" in found(book, gateway)
    path.unlink()
    assert "its file is not there" in found(book, gateway)
