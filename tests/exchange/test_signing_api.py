"""Signing with an own key over the REST interface: the key, the body, the step."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from gezhi.cases.models import Case
from gezhi.ledger import sm2
from gezhi.ledger.signing import key_id
from tests.cases.letters import CATEGORY, publish_letters
from tests.cast import Cast, reported

Person = Callable[[str], Client]
CARD = Ed25519PrivateKey.generate()
PUBLIC = CARD.public_key().public_bytes_raw()
STEP = {"version": 1, "reason": "不属于受理范围"}


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def post(client: Client, address: str, body: object) -> HttpResponse:
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def registered(
    client: Client, sign: Callable[[bytes], bytes] = CARD.sign, public: bytes = PUBLIC, **more: object
) -> HttpResponse:
    proof = base64.b64decode(client.get("/api/v1/signing-key").json()["proof"])
    return post(client, "signing-key", {"public": text(public), "proof": text(sign(proof)), **more})


@pytest.fixture
def dispatcher(person: Person) -> Client:
    return person("dispatcher")


def test_an_own_key_is_registered_used_and_ended(dispatcher: Client) -> None:
    answer = registered(dispatcher)
    assert answer.status_code == 200, answer.content
    (key,) = answer.json()["keys"]
    assert (key["key"], key["held"], key["ended_at"]) == (key_id(PUBLIC), "own", None)
    address = f"cases/{reported().case_number}/steps/reject"
    asked = post(dispatcher, f"{address}/body", STEP).json()
    signature = text(CARD.sign(base64.b64decode(asked["body"])))
    signed = {**STEP, "token": asked["token"], "key": key["key"], "signature": signature}
    done = post(dispatcher, f"{address}/signed", signed)
    assert done.status_code == 200, done.content
    assert done.json()["is_open"] is False
    ended = dispatcher.delete("/api/v1/signing-key").json()["keys"][0]
    assert ended["ended_at"] is not None


def test_a_card_of_sm2_signs_over_the_interface(dispatcher: Client) -> None:
    secret = sm2.new_key()

    def sign(data: bytes) -> bytes:
        return sm2.sign(secret, data)

    public = sm2.public_of(secret)
    assert registered(dispatcher, sign, public).status_code == 200
    address = f"cases/{reported().case_number}/steps/reject"
    asked = post(dispatcher, f"{address}/body", STEP).json()
    signature = text(sign(base64.b64decode(asked["body"])))
    signed = {**STEP, "token": asked["token"], "key": key_id(public), "signature": signature}
    assert post(dispatcher, f"{address}/signed", signed).status_code == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "另一个理由"}, "wrong-signature"),
        ({"signature": text(bytes(64))}, "wrong-signature"),
        ({"key": "0" * 16}, "wrong-signature"),
        ({"token": "nonsense"}, "wrong-signature"),
        ({"signature": "!"}, "invalid"),
    ],
)
def test_what_was_not_signed_is_not_done(dispatcher: Client, change: dict[str, str], code: str) -> None:
    registered(dispatcher)
    number = reported().case_number
    asked = post(dispatcher, f"cases/{number}/steps/reject/body", STEP).json()
    signature = text(CARD.sign(base64.b64decode(asked["body"])))
    signed = {**STEP, "token": asked["token"], "key": key_id(PUBLIC), "signature": signature} | change
    answer = post(dispatcher, f"cases/{number}/steps/reject/signed", signed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert Case.objects.get(number=number).is_open


def test_a_key_without_proof_is_refused(dispatcher: Client) -> None:
    answer = registered(dispatcher, lambda _: bytes(64))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-key-given")
    assert post(dispatcher, "signing-key", {"public": "!", "proof": ""}).status_code == 422


def test_who_signs_alone_is_told_so_by_the_ordinary_step(dispatcher: Client) -> None:
    registered(dispatcher, alone=True)
    answer = post(dispatcher, f"cases/{reported().case_number}/steps/reject", STEP)
    assert (answer.status_code, answer.json()["code"]) == (422, "own-key-needed")


def test_somebody_elses_case_shows_no_body(person: Person) -> None:
    number = reported().case_number
    answer = post(person("jiangbei-dispatcher"), f"cases/{number}/steps/reject/body", STEP)
    assert answer.status_code == 404


def test_while_timestamps_are_stale_the_interface_says_when_to_come_again(
    dispatcher: Client, settings: Settings, city: Cast
) -> None:
    from tests.cases.test_binding import lag_by

    number = reported().case_number
    lag_by(300, settings)
    answer = post(dispatcher, f"cases/{number}/steps/reject", STEP)
    assert (answer.status_code, answer.json()["code"]) == (503, "timestamp-stale")
    assert answer["Retry-After"] == "60"


def test_a_document_is_signed_over_the_interface(dispatcher: Client, tmp_path: Path) -> None:
    publish_letters(tmp_path)
    number = reported("三楼楼道灯不亮", category=CATEGORY, attributes={"storey": 3}).case_number
    registered(dispatcher, alone=True)
    asked_for = {"template": "sheet", "reason": "依申请"}
    assert post(dispatcher, f"cases/{number}/documents", asked_for).json()["code"] == "own-key-needed"
    asked = post(dispatcher, f"cases/{number}/documents/body", asked_for).json()
    signature = text(CARD.sign(base64.b64decode(asked["body"])))
    signed = {**asked_for, "token": asked["token"], "key": key_id(PUBLIC), "signature": signature}
    done = post(dispatcher, f"cases/{number}/documents/signed", signed)
    assert done.status_code == 201, done.content
    assert done.json()["number"] in base64.b64decode(asked["body"]).decode()
