"""Pages of proof: what proves a step, who vouches for the ledger, with which key somebody signs; and the warning."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from gezhi.cases.actions import act
from gezhi.cases.capturing import capture_in
from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.photos import store_photo
from gezhi.cases.procedure import Given
from gezhi.config.health import state_of_node
from gezhi.ledger.actions.cosigning import witness_log
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.models import Entry, LogFault, Outsider, Timestamp, WitnessedLog
from gezhi.pages import lagging
from gezhi.people.models import SigningKey
from tests.cases.test_actions import Loop
from tests.cases.test_binding import WHY, card_of, lag_by
from tests.cases.test_capturing import BEFORE, proof
from tests.cast import Cast, picture, reported
from tests.ledger.test_witnessing import LOG, ORIGIN
from tests.owner import owning


@pytest.fixture(autouse=True)
def office(city: Cast, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(lagging, "_held", ((), 0.0, (), ()))
    return city


@pytest.fixture
def desk(client: Client, city: Cast) -> Callable[[str], Client]:
    def signed_in(username: str) -> Client:
        client.force_login(city.account(username))
        return client

    return signed_in


def rejected(city: Cast, *evidence: str) -> Case:
    case = Case.objects.get(number=reported().case_number)
    act(city.actor("dispatcher"), case.pk, "reject", Given(reason=WHY.reason, evidence=evidence))
    return case


def event_page(client: Client, case: Case, kind: str = "reject") -> str:
    seq = CaseEvent.objects.get(case=case, kind=kind).seq
    answer = client.get(f"/desk/cases/{case.number}/events/{seq}/")
    assert answer.status_code == 200
    return answer.content.decode()


def published() -> int:
    now = timezone.now()
    made = publish_checkpoint(now, log_signers(now))
    assert made is not None
    return made.size


def test_a_signed_step_shows_who_signed_with_which_key_and_what_that_proves(
    office: Cast, desk: Callable[[str], Client]
) -> None:
    case = rejected(office)
    shown = event_page(desk("dispatcher"), case)
    key = SigningKey.objects.get()
    assert f"{key.account.name} 签名，核对无误" in shown
    assert key.key in shown
    assert base64.b64encode(bytes(key.public)).decode() in shown
    assert "电子签名法第十三条第一款第二项" in shown
    assert "一分钟内入链" in shown
    size = published()
    assert f"共 {size} 条" in event_page(desk("dispatcher"), case)


def test_a_step_whose_signature_was_changed_says_so(office: Cast, desk: Callable[[str], Client]) -> None:
    case = rejected(office)
    other = Entry.objects.get(kind="case.reject")
    with owning():
        Entry.objects.filter(pk=other.pk).update(body=bytes(other.body).replace(b'"to":"', b'"to":"x'))
    assert "签名核对不符" in event_page(desk("dispatcher"), case)


def test_a_step_signed_with_an_own_key_says_that_the_server_has_none(
    office: Cast, desk: Callable[[str], Client], settings: Settings
) -> None:
    case = rejected(office)
    key = card_of(office, settings)
    entry = Entry.objects.get(kind="case.reject")
    SigningKey.objects.filter(pk=key.pk).update(public=bytes(32))
    body = bytes(entry.body).replace(SigningKey.objects.get(held="server").key.encode(), key.key.encode())
    with owning():
        Entry.objects.filter(pk=entry.pk).update(body=body)
    assert "私钥由本人自持" in event_page(desk("dispatcher"), case)


def test_an_ordinary_step_shows_its_place_and_its_witnesses(
    office: Cast, desk: Callable[[str], Client]
) -> None:
    case = rejected(office)
    size, now = published(), timezone.now()
    Timestamp.objects.create(size=size, note="", reply=b"", at=now, got_at=now, by="CN=授时中心")
    Outsider.objects.create(kind="witness", name="法院", since=now, tried_at=now, vouched_at=now, size=size)
    shown = event_page(desk("dispatcher"), case, "report")
    assert "在链上" in shown and "CN=授时中心" in shown and "法院" in shown
    assert "签名，核对无误" not in shown


def test_the_hashes_of_a_photo_are_told_with_what_they_prove(
    office: Cast, desk: Callable[[str], Client]
) -> None:
    same, smaller, silent = picture(), picture(), picture()
    photos = [
        store_photo(same, capture=capture_in(proof(same, store_photo(same).original_sha256))),
        store_photo(smaller, capture=capture_in(proof(smaller))),
        store_photo(silent),
    ]
    shown = event_page(desk("dispatcher"), rejected(office, *(photo.key for photo in photos)))
    for words in (
        "一字节不差",
        "缩小过",
        "没有计算散列",
        BEFORE,
        photos[2].original_sha256,
        photos[2].sha256,
    ):
        assert words in shown


def test_the_timeline_leads_to_the_proof_of_each_step(office: Cast, desk: Callable[[str], Client]) -> None:
    case = rejected(office)
    shown = desk("dispatcher").get(f"/desk/cases/{case.number}/").content.decode()
    assert f"/desk/cases/{case.number}/events/2/" in shown
    assert "已签名" in shown


def test_who_may_not_see_the_case_sees_no_proof(office: Cast, desk: Callable[[str], Client]) -> None:
    case = rejected(office)
    assert desk("jiangbei-dispatcher").get(f"/desk/cases/{case.number}/events/1/").status_code == 404
    assert desk("dispatcher").get(f"/desk/cases/{case.number}/events/99/").status_code == 404


def test_the_page_of_a_step_reads_a_fixed_number_of_statements(
    office: Cast, desk: Callable[[str], Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = rejected(office)
    published()
    client = desk("dispatcher")
    with django_assert_max_num_queries(40):
        event_page(client, case)


def test_the_page_says_that_nobody_vouches_where_nobody_is_asked(
    office: Cast, desk: Callable[[str], Client]
) -> None:
    shown = desk("leader").get("/desk/vouched/").content.decode()
    assert "没有配置时间戳" in shown and "没有配置外部见证" in shown
    assert "不会因此暂停办理" in shown


def test_the_page_says_who_vouches_and_whom_this_node_witnesses(
    office: Cast, desk: Callable[[str], Client], settings: Settings
) -> None:
    now = timezone.now()
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    settings.WITNESSES = f"法院={witness_log_key()}@https://court.example"
    Outsider.objects.create(kind="witness", name="法院", since=now, tried_at=now, problem="court 回答 500")
    Outsider.objects.create(kind="timestamp", name="authority", since=now, tried_at=now, problem="拒绝")
    witness_log(LOG.verifier.vkey())
    WitnessedLog.objects.update(size=77, cosigned_at=now)
    LogFault.objects.create(origin=ORIGIN, at=now, cosigned="", submitted="")
    shown = desk("leader").get("/desk/vouched/").content.decode()
    for words in ("https://court.example", "court 回答 500", "拒绝", ORIGIN, "第 77 条", "1 次，证据已保存"):
        assert words in shown


def witness_log_key() -> str:
    from gezhi.ledger.actions.cosigning import witness_signer

    return witness_signer().verifier.vkey()


@pytest.mark.parametrize("who", ["handler", "dispatcher", "grid-worker"])
def test_others_do_not_read_that_page(office: Cast, desk: Callable[[str], Client], who: str) -> None:
    assert desk(who).get("/desk/vouched/").status_code == 403


def test_who_is_to_act_on_it_is_warned_on_every_page(
    office: Cast, desk: Callable[[str], Client], settings: Settings
) -> None:
    lag_by(30, settings)
    for who, warned in [("leader", True), ("administrator", True), ("dispatcher", False)]:
        shown = desk(who).get("/desk/").content.decode()
        assert ("时间戳已滞后 30 分钟" in shown) is warned
    lagging._held = ((), 0.0, (), ())
    with owning():
        Entry.objects.filter(tree_index=None).update(at=timezone.now() - timedelta(minutes=300))
    assert "结案、审批和出具文书已暂停" in desk("leader").get("/desk/").content.decode()


def test_a_witness_that_holds_another_history_is_told_at_once(
    office: Cast, desk: Callable[[str], Client], settings: Settings
) -> None:
    now = timezone.now()
    settings.WITNESSES = f"法院={witness_log_key()}@https://court.example"
    Outsider.objects.create(kind="witness", name="法院", since=now, tried_at=now, contradicts=True)
    for address in ("/desk/", "/desk/vouched/"):
        assert "法院 见证过的记录与本节点现有的不符" in desk("leader").get(address).content.decode()


def test_somebody_sees_and_ends_the_own_key(office: Cast, desk: Callable[[str], Client]) -> None:
    client = desk("dispatcher")
    assert "还没有" in client.get("/desk/signing-key/").content.decode()
    rejected(office)
    key = SigningKey.objects.get()
    assert key.key in client.get("/desk/signing-key/").content.decode()
    client.post("/desk/signing-key/end/", {"held": "server"})
    assert SigningKey.objects.get().ended_at is not None
    client.post("/desk/signing-key/end/", {"held": "nonsense"})
    assert "终止这把密钥" not in client.get("/desk/signing-key/").content.decode()


def test_the_pages_speak_english(office: Cast, desk: Callable[[str], Client]) -> None:
    case, client = rejected(office), desk("leader")
    client.cookies["django_language"] = "en"
    for address, words in [
        (f"/desk/cases/{case.number}/events/2/", "and the signature holds"),
        ("/desk/vouched/", "Timestamp authority"),
        ("/desk/signing-key/", "What a signature proves"),
    ]:
        assert words in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "到时自动办理的 1 件在等待"), ("en", "1 automatic act waits")]
)
def test_the_page_says_what_waits_by_itself(
    desk: Callable[[str], Client], city: Cast, settings: Settings, language: str, words: str
) -> None:
    loop = Loop(city, reported()).closed()
    Case.objects.filter(pk=loop.case.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    lag_by(241, settings)
    page = desk("leader").get("/desk/vouched/", headers={"Accept-Language": language}).content.decode()
    assert words in page


@pytest.mark.parametrize(
    ("ahead", "words"), [(90, "比时间戳机构慢 90 秒"), (-90, "比时间戳机构快 90 秒"), (5, "")]
)
def test_the_page_says_when_the_clock_is_off(
    desk: Callable[[str], Client], settings: Settings, ahead: int, words: str
) -> None:
    settings.TIMESTAMP_URL, now = "http://127.0.0.1:9/", timezone.now()
    at = now + timedelta(seconds=ahead)
    Timestamp.objects.create(size=1, note="", reply=b"", at=at, got_at=now, by="somebody")
    page = desk("leader").get("/desk/vouched/").content.decode()
    assert ("本机时钟" in page) == bool(words)
    assert words in page


def test_health_and_metrics_say_it_too(city: Cast, settings: Settings) -> None:
    loop = Loop(city, reported()).closed()
    Case.objects.filter(pk=loop.case.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert state_of_node().held == 0
    lag_by(241, settings)
    state = state_of_node()
    assert (state.held, state.stale) == (1, True)
    assert "proofs" in state.troubles()
    assert state.numbers()["acts_held"][1] == 1.0
    assert (state.numbers()["timestamp_behind_seconds"][1] or 0) >= 241 * 60
