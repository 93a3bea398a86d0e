"""Entries in the database: inside the action's transaction, one for each action, without personal data."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django.utils import timezone

from gezhi.cases.actions import act, act_as_reporter, request_training, sweep
from gezhi.cases.actions.calendar import import_days
from gezhi.cases.procedure import Given
from gezhi.config.cli import main
from gezhi.ledger.actions import record
from gezhi.ledger.models import Entry
from gezhi.ledger.queries import configuration_stamp, verify
from gezhi.ledger.signing import KEY_MADE
from gezhi.people import actions as people
from gezhi.people.lists import ListChange
from gezhi.people.models import Admission, Contract, Responsibility, Unit
from gezhi.people.staffing import AdmissionRow
from tests import cast
from tests.cast import CITY, DAY, HAISHU, LAMP, RUBBISH, SINCE, WANAN, Cast, reported
from tests.owner import owning
from tests.people import contracted

SECRETS = ("13800001234", "王先生", "king@example.org", "窗口下的路灯不亮", "请联系我本人", "慢得不可思议")


def test_outside_a_transaction_nothing_is_recorded(committed: Cast) -> None:
    with pytest.raises(RuntimeError, match="Open one first"):
        record("test.entry", "test:1", {})


def test_an_entry_goes_with_its_transaction(city: Cast) -> None:
    before = Entry.objects.count()
    with transaction.atomic():
        record("test.entry", "test:1", {})
        transaction.set_rollback(True)
    assert Entry.objects.count() == before


def test_only_what_configures_moves_the_stamp(city: Cast) -> None:
    before = configuration_stamp()
    record("test.entry", "test:1", {})
    assert configuration_stamp() == before
    record("test.entry", "test:1", {}, configures=True)
    assert configuration_stamp() > before


def case_actions(city: Cast) -> dict[str, Callable[[], object]]:
    """Each needs the one before."""
    receipt = reported(reporter_phone="13800001234")

    def step(who: str, key: str, **given: object) -> Callable[[], object]:
        return lambda: act(city.actor(who), receipt.case_id, key, Given(**given))  # type: ignore[arg-type]

    def reporter(key: str, **given: object) -> Callable[[], object]:
        return lambda: act_as_reporter(receipt.case_id, receipt.report_id, key, Given(**given))  # type: ignore[arg-type]

    return {
        "accept": lambda: reported(grid=f"{WANAN}002"),
        "correct": step("dispatcher", "correct", category=RUBBISH, text="请核实"),
        "dispatch": step("dispatcher", "dispatch", unit_id=city.units["haishu-works"]),
        "receive": step("handler", "receive"),
        "finish": step("handler", "finish", text="好了", evidence=(cast.photo(),)),
        "verify": step("verifier", "verify"),
        "rate": reporter("rate", rating=1, text="慢"),
        "reopen": reporter("reopen", reason="又坏了"),
        "sweep": lambda: sweep(timezone.now() + 30 * DAY, limit=1),
        "train": lambda: request_training(None),
        "calendar": lambda: import_days({date(2030, 1, 1): False}, "国办通知"),
    }


def people_actions(city: Cast) -> dict[str, Callable[[], object]]:
    account, unit, now = city.account("nobody"), Unit.objects.get(code="centre"), timezone.now()
    duty = Responsibility(category=LAMP, level=2, function="power", valid_from=SINCE, source="清单")
    admission = Admission(category=LAMP, place_code=HAISHU, admitted=True, valid_from=SINCE, source="清单")
    change = ListChange(AdmissionRow(LAMP, CITY, False, SINCE, None, "案件", "准入办法"))
    contracted.contractor()
    return {
        "open account": lambda: people.open_account("new", "新人", None),
        "password": lambda: people.set_password(account, cast.PASSWORD),
        "appoint": lambda: people.appoint(account, unit, "leader", CITY, SINCE),
        "duty": lambda: people.publish_duty_list([duty], "清单"),
        "admission": lambda: people.publish_admission_list([admission], "清单"),
        "token": lambda: people.issue_token(account, "key", ["read"], now),
        "load": lambda: people.load_people([], [], []),
        "list change": lambda: people.apply_list_change(change, None, "1"),
        "contract": lambda: contracted.signed(city),
        "publish": lambda: people.publish_purchase(Contract.objects.get().pk, None, now),
        "mark": lambda: people.mark_quality(Contract.objects.get().pk, 1, 4, "按时", (), now),
        "end": lambda: people.end_contract(Contract.objects.get().pk, now.date(), "多次返工", None),
    }


def test_every_action_leaves_exactly_one_entry(city: Cast) -> None:
    """Besides the key of whoever decides for the first time."""
    counts, entries = {}, Entry.objects.exclude(kind=KEY_MADE)
    for name, action in (case_actions(city) | people_actions(city)).items():
        before = entries.count()
        action()
        counts[name] = entries.count() - before
    assert counts == dict.fromkeys(counts, 1) | {"sweep": 2}  # the limit that passed, and the card for it


def test_no_personal_data_is_in_a_body(city: Cast) -> None:
    words = {"reporter_phone": SECRETS[0], "reporter_name": SECRETS[1], "reporter_email": SECRETS[2]}
    receipt = reported(SECRETS[3], **words)
    act_as_reporter(receipt.case_id, receipt.report_id, "add", Given(text=SECRETS[4]))
    act(city.actor("dispatcher"), receipt.case_id, "reject", Given(reason=SECRETS[5]))
    bodies = [bytes(body).decode() for body in Entry.objects.values_list("body", flat=True)]
    assert len(bodies) > 3
    assert [secret for secret in SECRETS if any(secret in body for body in bodies)] == []


def test_a_body_proves_what_was_said_to_who_holds_the_salt(city: Cast) -> None:
    from gezhi.cases.models import Report
    from gezhi.ledger.entries import salted

    report = Report.objects.get(id=reported("窗口下的路灯不亮").report_id)
    facts = json.loads(bytes(Entry.objects.get(kind="case.report").body))["facts"]
    assert facts["said"] == salted(bytes(report.salt), "窗口下的路灯不亮")


def test_an_untouched_ledger_verifies(city: Cast) -> None:
    reported()
    verdict = verify()
    assert (verdict.broken, verdict.entries) == ((), Entry.objects.count())
    done = CliRunner().invoke(main, ["ledger", "verify"])
    assert done.exit_code == 0, done.output
    assert "0 do not match" in done.output


def test_a_changed_entry_is_found(city: Cast) -> None:
    reported()
    entry = Entry.objects.latest("id")
    with owning(), connection.cursor() as cursor:
        forged = bytes(entry.body).replace(b"portal", b"hotline")
        cursor.execute("UPDATE ledger_entry SET body = %s WHERE id = %s", [forged, entry.pk])
    assert verify().broken == (entry.pk,)
    done = CliRunner().invoke(main, ["ledger", "verify"])
    assert done.exit_code == 1
    assert f"entry {entry.pk}: its body is not what was recorded" in done.output
