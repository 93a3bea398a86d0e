"""What offices write of themselves and each other, who looked, and what was noticed."""

import uuid
from datetime import date, timedelta

from django.utils import timezone

from gezhi.cases.models import (
    Assignment,
    ImportRow,
    ImportRun,
    Phrase,
    SavedView,
)
from gezhi.insight.models import Appeal
from gezhi.lib.readable import readable_code
from gezhi.people.actions import issue_token, record_lookup, record_signal
from gezhi.people.looking import Look
from gezhi.people.models import BreakGlass, Contract, Delegation, Nomination
from gezhi.security.models import Export, RaisedWarning
from tests.access.ground import PLACES, SALT, Town
from tests.cast import SINCE


def office(town: Town, at: str, case_id: int) -> None:
    """What units write of themselves and each other."""
    ids, now = town.ids[at], timezone.now()
    person, unit = town.accounts[f"p-{at}"], int(ids["unit"])
    appeal = Appeal.objects.create(
        case_id=case_id,
        unit_id=unit,
        reason=town.word("appeal", 3, at),
        evidence=town.word("appeal", 3, at),
        at=now,
    )
    run = ImportRun.objects.create(
        key=uuid.uuid4(),
        name=f"{town.word('import', 3, at)}.csv",
        account_id=person.pk,
        state="done",
        mapping={},
        path="x",
        started_at=now,
        ended_at=now,
        total=1,
        refused=1,
    )
    ImportRow.objects.create(run=run, row=1, field="text", value=town.word("import", 3, at), problem="x")
    phrase = Phrase.objects.create(
        unit_id=unit, kind="", title=f"话{at}", text=town.word("phrase", 2, at), account_id=person.pk, at=now
    )
    view = SavedView.objects.create(account_id=person.pk, name=town.word("view", 2, at), query="x=1")
    open_one = _contracts(town, at, case_id, unit)
    key = issue_token(person, town.word("key", 2, at), ["read"], now)
    ids |= {"appeal": str(appeal.pk), "import": str(run.key), "phrase": str(phrase.pk), "view": str(view.pk)}
    ids |= {"contract": str(open_one.pk), "key": str(person.tokens.get().pk), "secret": key}


def _contracts(town: Town, at: str, case_id: int, unit: int) -> Contract:
    """One that is published, with a case under it, and one that is not. Returns the first."""
    now = timezone.now()
    terms = {
        "unit_id": unit,
        "ordered_by_id": unit,
        "valid_from": SINCE,
        "valid_to": date(2099, 1, 1),
        "places": [PLACES[at]],
        "price_kind": "per-matter",
        "cents": 100,
        "method": "inquiry",
        "signed_at": now,
    }
    open_one = Contract.objects.create(
        **terms,
        number=f"HT-{at}-1",
        title=town.word("purchase", 1, at),
        reason=town.word("purchase", 1, at),
        published_at=now,
    )
    Assignment.objects.create(
        case_id=case_id, unit_id=unit, state="finished", assigned_at=now, contract_id=open_one.pk
    )
    Contract.objects.create(**terms, number=f"HT-{at}-2", title=town.word("contract", 2, at), reason="x")
    return open_one


def looked(town: Town, at: str, case_id: int) -> None:
    """Who looked, who is proposed, who stands in for whom, who broke the glass."""
    ids, place, now, today = town.ids[at], PLACES[at], timezone.now(), timezone.localdate()
    person, unit = town.accounts[f"p-{at}"], int(ids["unit"])
    record_lookup(
        Look(
            account_id=person.pk,
            purpose="handling",
            subject_kind="report",
            subject_id=int(ids["report"]),
            fields=("phone",),
            grade=4,
            way="page",
            reason=town.word("look", 3, at, owner=person.username),
            case_id=case_id,
            place_code=place,
            address="198.51.100.7",
        )
    )
    nomination = Nomination.objects.create(
        account=person,
        unit_id=unit,
        role="leader",
        place_code=place,
        valid_from=today,
        reason=town.word("nomination", 3, at),
        asked_by_id=person.pk,
        asked_at=now,
    )
    delegation = Delegation.objects.create(
        post_id=int(ids["post"]),
        to=town.cast.account("nobody"),
        valid_from=today,
        valid_to=today + timedelta(days=3),
        reason=town.word("delegation", 3, at, owner=person.username),
        made_by_id=person.pk,
        made_at=now,
    )
    ids |= {
        "nomination": str(nomination.pk),
        "delegation": str(delegation.pk),
        "glass": _glass(town, at, case_id),
    }


def safety(town: Town, at: str, case_id: int) -> None:
    """What left, what was noticed, what became a warning: of the whole node, wherever whoever did it works."""
    ids, now, person = town.ids[at], timezone.now(), town.accounts[f"p-{at}"]
    export = Export.objects.create(
        number=readable_code(),
        at=now,
        account_id=person.pk,
        address="198.51.100.7",
        route="desk:export",
        title=town.word("export", 3, at),
        purpose="handling",
        format="xlsx",
        rows=1,
        size=1,
        sha256="0" * 64,
        mark=SALT,
        cells=b"",
        pairs=b"",
        columns=["编号"],
        filters={"text": town.word("export", 3, at)},
    )
    record_signal("export", person.pk, "198.51.100.7", {"number": town.word("signal", 3, at)})
    warning = RaisedWarning.objects.create(
        rule="sec-bulk-read",
        by="account",
        group=str(person.pk),
        level=2,
        number=3,
        began_at=now,
        level_at=now,
        last_at=now,
        note=town.word("warning", 3, at),
        acknowledged_by=person.pk,
        acknowledged_at=now,
    )
    ids |= {"export": export.number, "warning": str(warning.pk)}


def _glass(town: Town, at: str, case_id: int) -> str:
    """An emergency that is over and waits for its review."""
    now, person, place = timezone.now(), town.accounts[f"p-{at}"], PLACES[at]
    glass = BreakGlass.objects.create(
        account=person,
        unit_id=int(town.ids[at]["unit"]),
        home_code=place,
        place_code=place,
        case_id=case_id,
        salt=SALT,
        at=now,
        reason=town.word("glass", 3, at, owner=person.username),
        until=now + timedelta(hours=1),
        ended_at=now,
        review_by=now + timedelta(days=3),
    )
    return str(glass.pk)
