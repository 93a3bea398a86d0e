"""Steps with legal effect are signed by whoever takes them, and wait while nobody outside vouches for the ledger."""

import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from pytest_django import Settings

from gezhi.cases.actions import act
from gezhi.cases.actions.acting import Stale, Step, Who, take
from gezhi.cases.actions.issuing import issue_document
from gezhi.cases.actions.own_signing import act_signed, body_to_sign, document_to_sign, issue_signed
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import Case, CaseEvent, IssuedDocument
from gezhi.cases.procedure import Given, Refused
from gezhi.ledger.actions import record
from gezhi.ledger.models import Entry, Outsider
from gezhi.ledger.signing import MARK, SignatureBook, Signed, key_id
from gezhi.people.actions.keys import end_keys, register_own_key, the_lock
from gezhi.people.keys import OWN, proof_of
from gezhi.people.models import SigningKey
from tests.cases.letters import CATEGORY, publish_letters
from tests.cases.test_actions import Loop
from tests.cast import WEST, Cast, reported
from tests.owner import owning

CARD = Ed25519PrivateKey.generate()
PUBLIC = CARD.public_key().public_bytes_raw()
NUMBERS = itertools.count()
WHY = Given(reason="不属于受理范围")


@pytest.fixture
def office(city: Cast, settings: Settings, tmp_path: Path) -> Cast:
    settings.DATA_DIR = tmp_path
    return city


def new_case() -> Case:
    """Each a street away from the others, so that none joins another."""
    number = next(NUMBERS)
    grid = list(WEST)[number // 9 % 4]
    lon = WEST[grid] + 0.001 * (number % 9 + 0.5)
    return Case.objects.get(number=reported(grid=grid, lon=lon).case_number)


def reject(city: Cast, case: Case) -> CaseRow:
    return act(city.actor("dispatcher"), case.pk, "reject", WHY)


def entry_of(case: Case, kind: str = "case.reject") -> bytes:
    return bytes(Entry.objects.get(subject=f"case:{case.pk}", kind=kind).body)


def signatures() -> int:
    """How many entries are signed; all of them hold."""
    bodies = [bytes(body) for body in Entry.objects.order_by("id").values_list("body", flat=True)]
    book = SignatureBook()
    for read in (book.learn, book.check):
        assert not [said for index, body in enumerate(bodies) if (said := read(index, body))]
    return sum(MARK in body for body in bodies)


def card_of(city: Cast, settings: Settings, who: str = "dispatcher", *, alone: bool = False) -> SigningKey:
    account = city.account(who).pk
    proof = CARD.sign(proof_of(settings.LEDGER_ORIGIN, account))
    return register_own_key(account, PUBLIC, proof, alone=alone)


def lag_by(minutes: int, settings: Settings) -> None:
    """A witness vouched last so long ago, and something was recorded since."""
    settings.WITNESSES = ""
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    long_ago = timezone.now() - timedelta(days=9)
    Outsider.objects.create(kind="timestamp", name="authority", since=long_ago, tried_at=long_ago)
    record("test.entry", "test:1", {})
    with owning():
        Entry.objects.filter(tree_index=None).update(at=timezone.now() - timedelta(minutes=minutes))


def test_a_decision_is_signed_by_whoever_takes_it(office: Cast) -> None:
    case = new_case()
    reject(office, case)
    facts = json.loads(entry_of(case))["facts"]
    key = SigningKey.objects.get(account_id=office.account("dispatcher").pk)
    assert facts["signed"]["key"] == key.key
    assert CaseEvent.objects.get(case=case, kind="reject").facts["signed"] == key.key
    assert signatures() == 1


def test_an_ordinary_step_is_not_signed(office: Cast) -> None:
    case = new_case()
    act(office.actor("dispatcher"), case.pk, "accept", Given())
    assert MARK not in entry_of(case, "case.accept")
    assert "signed" not in CaseEvent.objects.get(case=case, kind="accept").facts


def test_many_decisions_at_once_are_each_signed(office: Cast) -> None:
    cases = [new_case() for _ in range(5)]
    who = Who(actor=office.actor("dispatcher"))
    outcomes = take([Step(case.pk, "reject", who, WHY) for case in cases])
    assert all(isinstance(one, CaseRow) for one in outcomes)
    assert signatures() == 5


def test_a_signature_costs_one_statement_more_however_many_there_are(
    office: Cast, django_assert_num_queries: object
) -> None:
    """Measured against the same batch with a key made before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(count: int) -> int:
        cases = [new_case() for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            take([Step(case.pk, "reject", Who(actor=office.actor("dispatcher")), WHY) for case in cases])
        return sum("people_signingkey" in one["sql"] for one in seen.captured_queries)

    statements(1)
    assert statements(1) == statements(6) == 1


def test_a_document_is_issued_with_a_signature(office: Cast, tmp_path: Path) -> None:
    publish_letters(tmp_path)
    case = Case.objects.get(
        number=reported("三楼楼道灯不亮", category=CATEGORY, attributes={"storey": 3}).case_number
    )
    document = issue_document(office.actor("dispatcher"), case.pk, "sheet")
    told = json.loads(entry_of(case, "document.issued"))["facts"]
    assert told["number"] == document.number
    assert signatures() == 1


def test_while_timestamps_are_stale_decisions_wait_and_the_rest_goes_on(
    office: Cast, settings: Settings
) -> None:
    waiting, other = new_case(), new_case()
    lag_by(241, settings)
    with pytest.raises(Refused) as refused:
        reject(office, waiting)
    assert refused.value.code == "timestamp-stale"
    assert "241" in refused.value.zh and "其他步骤照常" in refused.value.zh
    act(office.actor("dispatcher"), other.pk, "accept", Given())
    with pytest.raises(Refused, match="lag"):
        body_to_sign(office.actor("dispatcher"), waiting.pk, "reject", WHY, waiting.version)
    settings.TIMESTAMP_REFUSE = 0
    reject(office, waiting)


def test_late_timestamps_only_warn(office: Cast, settings: Settings) -> None:
    case = new_case()
    lag_by(239, settings)
    reject(office, case)


def test_while_they_are_stale_no_document_is_issued(office: Cast, settings: Settings, tmp_path: Path) -> None:
    publish_letters(tmp_path)
    case = Case.objects.get(
        number=reported("三楼楼道灯不亮", category=CATEGORY, attributes={"storey": 3}).case_number
    )
    lag_by(300, settings)
    with pytest.raises(Refused, match="lag"):
        issue_document(office.actor("dispatcher"), case.pk, "sheet")
    assert not IssuedDocument.objects.exists()


def test_without_the_server_s_lock_decisions_wait_and_say_so(office: Cast) -> None:
    reject(office, new_case())
    for path in the_lock().folder.iterdir():
        path.unlink()
    with pytest.raises(Refused) as refused:
        reject(office, new_case())
    assert refused.value.code == "no-signing-key"


def test_a_step_is_signed_elsewhere(office: Cast, settings: Settings) -> None:
    card_of(office, settings)
    dispatcher, case = office.actor("dispatcher"), new_case()
    asked = body_to_sign(dispatcher, case.pk, "reject", WHY, case.version)
    assert Case.objects.get(pk=case.pk).state == "registered"
    assert json.loads(asked.body.partition(b"\n")[2])["facts"]["step"] == "reject"
    signed = Signed(key_id(PUBLIC), CARD.sign(asked.body))
    row = act_signed(dispatcher, case.pk, "reject", WHY, asked.token, signed)
    assert not row.is_open
    assert CaseEvent.objects.get(case=case, kind="reject").facts["signed"] == key_id(PUBLIC)
    assert signatures() == 1


def test_what_was_signed_is_what_is_done(office: Cast, settings: Settings) -> None:
    """Other words, another key, a body of nobody's: none is taken, nothing changes."""
    card_of(office, settings)
    dispatcher, case = office.actor("dispatcher"), new_case()
    asked = body_to_sign(dispatcher, case.pk, "reject", WHY, case.version)
    signature = CARD.sign(asked.body)
    wrong = [
        (Given(reason="另一个理由"), Signed(key_id(PUBLIC), signature)),
        (WHY, Signed(key_id(PUBLIC), bytes(64))),
        (WHY, Signed("0" * 16, signature)),
    ]
    for given, signed in wrong:
        with pytest.raises(Refused) as refused:
            act_signed(dispatcher, case.pk, "reject", given, asked.token, signed)
        assert refused.value.code == "wrong-signature"
    assert Case.objects.get(pk=case.pk).state == "registered"


def test_a_body_serves_its_own_step_case_and_person_alone(office: Cast, settings: Settings) -> None:
    card_of(office, settings)
    dispatcher, case, other = office.actor("dispatcher"), new_case(), new_case()
    asked = body_to_sign(dispatcher, case.pk, "reject", WHY, case.version)
    signed = Signed(key_id(PUBLIC), CARD.sign(asked.body))
    for who, which, token in [
        (dispatcher, other, asked.token),
        (office.actor("second-dispatcher"), case, asked.token),
        (dispatcher, case, asked.token + "x"),
    ]:
        with pytest.raises(Refused):
            act_signed(who, which.pk, "reject", WHY, token, signed)


def test_a_case_that_changed_meanwhile_is_looked_at_again(office: Cast, settings: Settings) -> None:
    card_of(office, settings)
    dispatcher, case = office.actor("dispatcher"), new_case()
    asked = body_to_sign(dispatcher, case.pk, "reject", WHY, case.version)
    act(office.actor("second-dispatcher"), case.pk, "accept", Given())
    with pytest.raises(Stale):
        act_signed(
            dispatcher, case.pk, "reject", WHY, asked.token, Signed(key_id(PUBLIC), CARD.sign(asked.body))
        )


def test_a_step_without_legal_effect_has_no_body_to_sign(office: Cast, settings: Settings) -> None:
    card_of(office, settings)
    case = new_case()
    with pytest.raises(Refused, match="bears no signature"):
        body_to_sign(office.actor("dispatcher"), case.pk, "accept", Given(), case.version)


def test_who_signs_with_an_own_key_alone_is_told_how(office: Cast, settings: Settings) -> None:
    """In a batch the others' steps are taken."""
    card_of(office, settings, alone=True)
    mine, others = new_case(), new_case()
    outcomes = take(
        [
            Step(mine.pk, "reject", Who(actor=office.actor("dispatcher")), WHY),
            Step(others.pk, "reject", Who(actor=office.actor("second-dispatcher")), WHY),
        ]
    )
    assert isinstance(outcomes[0], Refused) and outcomes[0].code == "own-key-needed"
    assert isinstance(outcomes[1], CaseRow)
    end_keys([office.account("dispatcher").pk], OWN, None, "the card is lost")
    reject(office, mine)
    assert signatures() == 2


def letter_case(tmp_path: Path) -> Case:
    publish_letters(tmp_path)
    return Case.objects.get(
        number=reported("三楼楼道灯不亮", category=CATEGORY, attributes={"storey": 3}).case_number
    )


def test_a_document_is_signed_elsewhere_and_issued_once(
    office: Cast, settings: Settings, tmp_path: Path
) -> None:
    case, dispatcher = letter_case(tmp_path), office.actor("dispatcher")
    card_of(office, settings, alone=True)
    with pytest.raises(Refused) as refused:
        issue_document(dispatcher, case.pk, "sheet")
    assert refused.value.code == "own-key-needed"
    asked = document_to_sign(dispatcher, case.pk, "sheet", "依申请")
    assert not IssuedDocument.objects.exists()
    signed = Signed(key_id(PUBLIC), CARD.sign(asked.body))
    document = issue_signed(dispatcher, case.pk, "sheet", "依申请", asked.token, signed)
    assert document.number in asked.body.decode()
    assert signatures() == 1
    for reason, key in (("依申请", signed), ("另一个理由", signed), ("依申请", Signed("0" * 16, b""))):
        with pytest.raises(Refused) as again:
            issue_signed(dispatcher, case.pk, "sheet", reason, asked.token, key)
        assert again.value.code == "wrong-signature"
    assert IssuedDocument.objects.count() == 1


def test_whoever_agrees_last_signs_and_so_does_who_may_alone(office: Cast) -> None:
    loop = Loop(office, reported()).handling()
    loop.do("handler", "extend", reason="等待配件", length="3 working days")
    assert signatures() == 0
    loop.do("supervisor", "approve")
    last = CaseEvent.objects.filter(case=loop.case).order_by("-seq")[0]
    assert last.facts["asked_by"] and last.facts["signed"]
    assert signatures() == 1
