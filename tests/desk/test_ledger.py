"""The auditors' pages of the ledger, and proofs that staff take away."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gezhi.cases.models import Evidence
from gezhi.cases.photos import store_photo
from gezhi.ledger.actions import record
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.proofs import parse_proof
from gezhi.people.actions import appoint
from gezhi.people.models import Unit
from tests.cast import CITY, HAISHU, SINCE, Cast, picture, reported
from tests.ledger.walls import past_every_wall

SignedIn = Callable[[str], Client]
Statements = Callable[..., object]


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def published(count: int = 0) -> Checkpoint:
    for number in range(count):
        record("test.entry", f"test:{number}", {"n": number, "words": "路灯"})
    now = timezone.now()
    made = publish_checkpoint(now, log_signers(now))
    assert made is not None
    return made


def auditor(city: Cast, place: str = CITY) -> Client:
    account = city.account("nobody")
    appoint(account, Unit.objects.get(code="centre"), "auditor", place, SINCE)
    client = Client()
    client.force_login(account)
    return client


def text(client: Client, name: str, *parts: object, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"desk:{name}", args=parts) + query)
    assert answer.status_code == status, answer.content[:300]
    return str(answer.content.decode())


def test_an_auditor_sees_heads_with_size_time_and_signers(city: Cast) -> None:
    client = auditor(city)
    assert "还没有检查点" in text(client, "ledger")
    made = published(3)
    record("test.entry", "test:late", {})
    shown = text(client, "ledger")
    assert f"检查点覆盖 <b>{made.size}</b> 条记录" in shown
    assert "<b>1</b> 条等待下一个检查点" in shown
    assert "gezhi/330200000000" in shown
    assert text(client, "ledger-checkpoint", made.size) == made.note
    text(client, "ledger-checkpoint", made.size + 1, status=404)


def test_heads_cost_the_same_however_many_there_are(
    city: Cast, django_assert_max_num_queries: Statements
) -> None:
    client = auditor(city)
    for _ in range(60):
        published(1)
    text(client, "ledger")
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        shown = text(client, "ledger")
    assert shown.count('<code class="hash">') == 50
    older = Checkpoint.objects.order_by("-size")[49].size
    assert f"?before={older}" in shown
    assert text(client, "ledger", query=f"?before={older}").count('<code class="hash">') == 10


def test_entries_are_found_by_subject_kind_and_day(city: Cast) -> None:
    receipt = reported()
    published(60)
    client = auditor(city)
    of_case = text(client, "ledger-entries", query=f"?subject=case:{receipt.case_id}")
    assert "case.report" in of_case
    assert "test.entry" not in of_case.split("<tbody>")[1]
    assert "下载这个对象的全部记录和证明" in of_case
    by_kind = text(client, "ledger-entries", query="?kind=test.*")
    assert by_kind.split("<tbody>")[1].count("<tr>") == 50
    assert "只按种类查时" in by_kind
    assert "没有符合条件的记录" in text(client, "ledger-entries", query="?kind=test.*&until=2026-01-01")
    assert text(client, "ledger-entries", query="?since=x&until=9999-99-99&before=zzz&subject=")


def test_a_list_of_entries_costs_few_statements(
    city: Cast, django_assert_max_num_queries: Statements
) -> None:
    published(80)
    client = auditor(city)
    text(client, "ledger-entries")
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        text(client, "ledger-entries")


def test_one_entry_shows_what_it_says_and_that_its_proof_holds(city: Cast) -> None:
    receipt = reported()
    published(1)
    one = Entry.objects.get(subject=f"case:{receipt.case_id}")
    client = auditor(city)
    shown = text(client, "ledger-entry", one.pk)
    assert "证明成立" in shown
    proof = text(client, "ledger-proof", one.pk)
    assert parse_proof(proof).index == one.tree_index
    body = client.get(reverse("desk:ledger-body", args=[one.pk]))
    assert body.content == bytes(one.body)
    assert body["Cache-Control"] == "private, no-store"
    archive = client.get(reverse("desk:ledger-proofs") + f"?subject=case:{receipt.case_id}")
    assert f"entries/{one.tree_index}.tlog-proof" in zipfile.ZipFile(io.BytesIO(archive.content)).namelist()


def test_an_entry_that_waits_says_so(city: Cast) -> None:
    published(1)
    record("test.entry", "test:late", {})
    one = Entry.objects.latest("id")
    client = auditor(city)
    assert "还没有检查点覆盖这条记录" in text(client, "ledger-entry", one.pk)
    text(client, "ledger-proof", one.pk, status=404)
    text(client, "ledger-entry", one.pk + 99, status=404)
    text(client, "ledger-proofs", query="?subject=test:nowhere", status=404)


def test_an_entry_that_somebody_changed_says_so(city: Cast) -> None:
    published(3)
    one = Entry.objects.get(subject="test:1")
    with past_every_wall():
        Entry.objects.filter(pk=one.pk).update(body=bytes(one.body).replace(b'"n":1', b'"n":7'))
    assert "这一行被改过" in text(auditor(city), "ledger-entry", one.pk)


def test_an_auditor_of_a_part_sees_heads_and_no_entry(city: Cast) -> None:
    published(1)
    client = auditor(city, HAISHU)
    assert reverse("desk:ledger-entries") not in text(client, "ledger")
    for name, parts in (
        ("ledger-entries", ()),
        ("ledger-entry", (1,)),
        ("ledger-proof", (1,)),
        ("ledger-body", (1,)),
    ):
        text(client, name, *parts, status=403)


@pytest.mark.parametrize("who", ["administrator", "leader", "dispatcher", "handler"])
def test_nobody_else_audits(city: Cast, who: str) -> None:
    client = Client()
    client.force_login(city.account(who))
    for name, parts in (
        ("ledger", ()),
        ("ledger-entries", ()),
        ("ledger-entry", (1,)),
        ("ledger-checkpoint", (1,)),
    ):
        text(client, name, *parts, status=403)


def test_whoever_sees_a_case_takes_its_proofs_away(city: Cast) -> None:
    receipt = reported(photos=(store_photo(picture()),))
    published(1)
    client, stranger = Client(), Client()
    client.force_login(city.account("dispatcher"))
    stranger.force_login(city.account("jiangbei-dispatcher"))
    address = reverse("desk:case-proof", args=[receipt.case_number])
    assert address in text(client, "case", receipt.case_number)
    names = zipfile.ZipFile(io.BytesIO(client.get(address).content)).namelist()
    assert {"README.txt", "check.py", "keys.txt", "signature.bin"} < set(names)
    photo = Evidence.objects.get()
    of_photo = client.get(reverse("desk:photo-proof", args=[photo.key]))
    assert f"files/{photo.sha256}.jpg" in zipfile.ZipFile(io.BytesIO(of_photo.content)).namelist()
    for one in (address, reverse("desk:photo-proof", args=[photo.key])):
        assert stranger.get(one).status_code == 404
