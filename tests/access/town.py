"""The town of the matrix: one object of each kind in each of five places, each with signs of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from gezhi.cases.intake.door import accept
from gezhi.cases.models import (
    Assignment,
    Callback,
    Case,
    CaseEvent,
    Evidence,
    IssuedDocument,
    Note,
    Report,
    Supervision,
)
from gezhi.cases.papers import keep_paper
from gezhi.cases.photos import store_photo
from gezhi.lib.readable import readable_code
from gezhi.notices.models import Notice
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import load_people
from gezhi.people.models import Account, Post, Unit
from gezhi.rights.actions import open_request
from gezhi.rights.actions.asking import Asked
from gezhi.rights.models import Channel, Right
from gezhi.rights.queries.people import person_of_number
from gezhi.rounds.models import Known, Round, Subject
from tests.access import posts
from tests.access.ground import PLACES, SALT, Town
from tests.access.offices import looked, office, safety
from tests.access.things import thing
from tests.cast import CITY, SINCE, Cast, picture, report

PACKS: Final = ("appraisal", "rights", "security", "workplace-safety", "dangerous-houses")
LEADS: Final = {"child": posts.TOWN_OFFICE, "near": "haishu-works", "far": "jiangbei-works"}
CALLED: Final = {"far": posts.TOWN_HELP}
TIP_OFF, LEAK = "ws-tip-off", "sec-leak"


def build(cast: Cast) -> Town:
    for name in PACKS:
        publish(read_pack(settings.PACKS_DIR / name))
    town = Town(cast)
    child = _case(town, "child")
    town.accounts = posts.settle(child, PLACES)
    for at in PLACES:
        case_id = child if at == "child" else _case(town, at)
        _colleague(town, at)
        for add in (_work, _paper, _round, office, looked, safety, thing):
            add(town, at, case_id)
    _hidden(town)
    _asked(town)
    return town


def _case(town: Town, at: str, category: str = "", kind: str = "case", who: str = "reporter") -> int:
    """An open case of one report, with the signs of both."""
    place = PLACES[at]
    more = {"lead": LEADS.get(at, ""), "called": CALLED.get(at, ""), "category": category}

    def word(part: str, grade: int) -> str:
        return town.word(part, grade, at, **more)

    phone = town.book.phone(who, at, place, **more)
    inside = town.book.phone(f"{kind}-text", at, place, **more)
    told = report(
        f"路灯不亮 {word(kind, 2)}，请打{inside}",
        grid="",
        place_code=place,
        address=f"{word(kind, 2)}路",
        category="matter-01037",
        reporter_name=f"王{word(who, 3)}",
        reporter_phone=phone,
        reporter_email=f"{word(who, 3)}@example.org",
        attributes={"extra": word(f"{kind}-answer", 3)},
    )
    receipt = accept([told])[0]
    Case.objects.filter(id=receipt.case_id).update(place_code=place, title=f"路灯 {word(kind, 2)}")
    if category:
        Case.objects.filter(id=receipt.case_id).update(category=category)
    Report.objects.filter(id=receipt.report_id).update(place_code=place)
    town.book.keep(receipt.case_number, f"{kind}-number", 2, at, place, **more)
    if kind == "case":
        ids = town.ids[at]
        ids |= {
            "case": receipt.case_number,
            "case_id": str(receipt.case_id),
            "report": str(receipt.report_id),
        }
        ids["tracking"] = receipt.tracking_code
        town.phones[at] = phone
        Notice.objects.create(
            subject=f"report:{receipt.report_id}",
            case_id=receipt.case_id,
            report_id=receipt.report_id,
            to=phone,
            transport="portal",
            message="x",
            text=word("notice", 3),
            queued_at=timezone.now(),
        )
    return receipt.case_id


def _colleague(town: Town, at: str) -> None:
    """Somebody in post there, with a unit of their own."""
    place = PLACES[at]
    unit = Unit(code=f"u-{at}", name=f"单位{at}", place_code=place, functions=[])
    person = Account(username=f"p-{at}", name=town.word("colleague", 2, at), password="!")
    post = Post(account=person, unit=unit, role="verifier", place_code=place, valid_from=SINCE)
    load_people([person], [unit], [post])
    town.accounts[f"p-{at}"] = person
    town.ids[at] |= {"account": str(person.pk), "unit": str(unit.pk), "post": str(post.pk)}


def _work(town: Town, at: str, case_id: int) -> None:
    """Who leads, who was called, what was said, shown and ordered."""
    ids, now, word = town.ids[at], timezone.now(), _words(town, at)
    units = dict(Unit.objects.values_list("code", "id"))
    lead, called = units.get(LEADS.get(at, "")), units.get(CALLED.get(at, ""))
    if lead:
        Case.objects.filter(id=case_id).update(unit_id=lead, state="handling")
        Assignment.objects.create(case_id=case_id, unit_id=lead, state="received", assigned_at=now)
    if called:
        Assignment.objects.create(
            case_id=case_id, unit_id=called, kind="joint", state="open", assigned_at=now, due_at=now
        )
    event = CaseEvent.objects.filter(case_id=case_id).latest("seq")
    CaseEvent.objects.filter(pk=event.pk).update(text=word("case", 2))
    shot = store_photo(picture())
    Evidence.objects.create(
        key=shot.key,
        case_id=case_id,
        report_id=int(ids["report"]),
        event_seq=event.seq,
        sha256=shot.sha256,
        original_sha256=shot.original_sha256,
        content_type=shot.content_type,
        size=shot.size,
        width=shot.width,
        height=shot.height,
        stored_at=now,
    )
    town.book.keep(shot.sha256, "photo", 2, at, PLACES[at], **_shares(at))
    note = Note.objects.create(
        case_id=case_id, account_id=town.accounts[f"p-{at}"].pk, at=now, text=word("note", 2), salt=SALT
    )
    Supervision.objects.create(
        case_id=case_id, seq=event.seq, level="yellow", unit_id=lead, reason=word("card", 2), at=now
    )
    calls = {"case_id": case_id, "place_code": PLACES[at], "reason": "sample", "at": now, "unit_id": lead}
    done = Callback.objects.create(
        **calls, report_id=int(ids["report"]), done_at=now, outcome="resolved", text=word("call", 2)
    )
    call = Callback.objects.create(**calls, report_id=int(ids["report"]), due_at=now + timedelta(days=3))
    ids |= {
        "event": str(event.seq),
        "photo": shot.key,
        "note": str(note.pk),
        "call": str(call.pk),
        "done": str(done.pk),
    }


def _paper(town: Town, at: str, case_id: int) -> None:
    """A letter that names the reporter; in the neighbouring town a sheet that names nobody."""
    ids, code, said = town.ids[at], readable_code(), _words(town, at)("letter", 3)
    facts = {
        "title": "告知书",
        "to": "reporter" if at != "near" else "handler",
        "report_id": int(ids["report"]) if at != "near" else None,
        "issuer": "市中心",
        "text": said,
    }
    keep_paper(code, f"letter {said}".encode())
    IssuedDocument.objects.create(
        case_id=case_id,
        seq=1,
        template="sheet",
        pack_version_id=Case.objects.get(id=case_id).pack_version_id,
        number=f"甬{at}〔2026〕1号",
        code=code,
        facts=facts,
        account_id=town.accounts[f"p-{at}"].pk,
        at=timezone.now(),
        sha256="0" * 64,
        made_at=timezone.now(),
    )
    ids["paper"] = code


def _round(town: Town, at: str, case_id: int) -> None:
    """A door, what is known of it, a visit that is due and one that was made."""
    ids, place, now = town.ids[at], PLACES[at], timezone.now()
    subject = Subject.objects.create(
        kind="house",
        code=town.word("door", 2, at),
        name=town.word("door", 3, at),
        address=town.word("door", 3, at),
        place_code=place,
        added_at=now,
    )
    Known.objects.create(
        subject=subject,
        element="dh-structure",
        value=town.word("known", 4, at),
        since=now,
        confirmed_at=now,
        source="desk",
    )
    due = {"plan": "dh-visit-d", "pack_version_id": _version(), "place_code": place, "subject": subject}
    open_round = Round.objects.create(
        **due, opens_at=now - timedelta(hours=1), due_at=now + timedelta(days=2)
    )
    shot = store_photo(picture())
    done = Round.objects.create(
        **due,
        opens_at=now - timedelta(days=3),
        due_at=now - timedelta(days=2),
        state="done",
        begun_at=now,
        ended_at=now,
        photos=[shot.key],
        reason=town.word("visit", 3, at),
        answers={"dh-structure": town.word("visit-answer", 4, at)},
        account_id=town.accounts[f"p-{at}"].pk,
    )
    town.book.keep(shot.sha256, "visit-photo", 3, at, place)
    ids |= {
        "subject": str(subject.pk),
        "round": str(open_round.pk),
        "round_done": str(done.pk),
        "round_photo": shot.key,
    }


def _hidden(town: Town) -> None:
    """Where the posts of the town see all else: an incident of security, and a matter whose reporter is hidden."""
    for category, kind, who in ((LEAK, "incident", "incident-reporter"), (TIP_OFF, "tip", "tip-reporter")):
        case_id = _case(town, "child", category, kind, who)
        unit = Unit.objects.get(code=posts.TOWN_OFFICE).pk
        Case.objects.filter(id=case_id).update(unit_id=unit, state="handling")
        town.ids["child"][kind] = Case.objects.get(id=case_id).number
        Assignment.objects.create(case_id=case_id, unit_id=unit, state="received", assigned_at=timezone.now())


def _asked(town: Town) -> None:
    """Whoever reported asks about their data; the request stands with the whole node."""
    request = open_request(person_of_number(town.phones["child"]), Asked(Right.DELETE, "请删除"))
    request.wish = {"text": town.book.word("wish", 3, "city", CITY)}
    request.save()
    case = Case.objects.get(id=request.case_id)
    Case.objects.filter(pk=case.pk).update(
        title=f"删除 {town.book.word('request', 2, 'city', case.place_code)}"
    )
    town.ids["child"] |= {"request": str(request.pk), "request_case": case.number}
    channel = Channel.objects.get()
    town.book.keep(channel.number, "reporter", 4, "child", PLACES["child"], **_shares("child"))


def _shares(at: str) -> dict[str, str]:
    return {"lead": LEADS.get(at, ""), "called": CALLED.get(at, "")}


def _words(town: Town, at: str) -> Callable[[str, int], str]:
    """Words of what belongs to the case of a place."""
    return lambda kind, grade: town.word(kind, grade, at, **_shares(at))


def _version() -> int:
    from gezhi.cases.world import world

    return world().catalogue.plans["dh-visit-d"].pack_version_id
