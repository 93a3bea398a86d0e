"""Who vouches for the ledger, and what proves a step, over the REST interface."""

import hashlib
from collections.abc import Callable

import pytest
from django.test import Client

from gezhi.cases.actions import act
from gezhi.cases.capturing import capture_in
from gezhi.cases.models import Case
from gezhi.cases.photos import store_photo
from gezhi.cases.procedure import Given
from gezhi.ledger.actions.cosigning import witness_log
from gezhi.people.models import SigningKey
from tests.cases.test_binding import lag_by
from tests.cases.test_capturing import BEFORE, proof
from tests.cast import Cast, picture, reported
from tests.ledger.test_witnessing import LOG, ORIGIN

Person = Callable[[str], Client]


def test_leaders_and_administrators_read_who_vouches(city: Cast, person: Person, settings: object) -> None:
    witness_log(LOG.verifier.vkey())
    lag_by(30, settings)  # type: ignore[arg-type]
    for who in ("leader", "administrator"):
        told = person(who).get("/api/v1/ledger/outsiders").json()
        assert told["lags"] == [
            {"kind": "timestamp", "state": "late", "minutes": 30},
            {"kind": "witness", "state": "off", "minutes": 0},
        ]
        assert told["witnessed"] == [{"origin": ORIGIN, "size": 0, "cosigned_at": None, "faults": 0}]
        assert told["outsiders"][0]["name"] == "authority"
    assert person("dispatcher").get("/api/v1/ledger/outsiders").status_code == 403


def test_a_step_is_proven_with_its_signature_and_its_photos(city: Cast, person: Person) -> None:
    data = picture()
    photo = store_photo(data, capture=capture_in(proof(data)))
    case = Case.objects.get(number=reported().case_number)
    act(city.actor("dispatcher"), case.pk, "reject", Given(reason="不属于受理范围", evidence=(photo.key,)))
    told = person("dispatcher").get(f"/api/v1/cases/{case.number}/events/2").json()
    (entry,), (shown,) = told["entries"], told["photos"]
    assert entry["signed"]["holds"] is True
    assert entry["signed"]["key"] == SigningKey.objects.get().key
    assert entry["leaf"] == hashlib.sha256(b"\0" + entry["body"].encode()).hexdigest()
    assert (shown["captured"], shown["arrived"]) == (BEFORE, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(("who", "seq"), [("jiangbei-dispatcher", 1), ("dispatcher", 9)])
def test_a_step_that_one_does_not_see_is_not_proven(city: Cast, person: Person, who: str, seq: int) -> None:
    number = reported().case_number
    assert person(who).get(f"/api/v1/cases/{number}/events/{seq}").status_code == 404
