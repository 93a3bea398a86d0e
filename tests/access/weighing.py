"""Numbers hold no signs. So they are weighed: what is counted for a seat must be the same, to the last digit, when more
lies where the seat sees nothing."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from unittest import mock

from django.db import transaction
from django.utils import timezone

from gezhi.cases.models import Case, CaseEvent
from gezhi.exchange.rest import access
from gezhi.insight.models import Appeal, Tally
from gezhi.lib.kept import Kept
from gezhi.rounds.models import Round, Subject
from gezhi.sensing.models import (
    Datastream,
    ObservedProperty,
    SensedWarning,
    Sensor,
    SilenceRow,
    Thing,
    WarningMember,
)
from tests.access.ground import PLACES, Town
from tests.access.matrix import Matrix, unhurried
from tests.access.routes import Ask

UNSEEN: Final = ("parent", "near", "far")
SEATS: Final = (
    "t-dispatcher",
    "t-handler",
    "t-verifier",
    "t-grid-worker",
    "t-leader",
    "t-administrator",
    "t-partner",
)
MORE: Final = 7
EVERY_FLAG: Final = 2**30 - 1
COUNTED: Final = (
    *(
        "/desk/",
        "/desk/cases/",
        "/desk/board/",
        "/desk/triage/",
        "/desk/statistics/",
        "/desk/statistics/cases/",
    ),
    *("/desk/appraisal/", "/desk/appraisal/cases/", "/desk/appraisal/grids/", "/desk/appraisal/appeals/"),
    *(
        "/desk/rounds/",
        "/desk/rounds/list/",
        "/desk/circles/",
        "/desk/callbacks/",
        "/desk/subjects/",
        "/desk/inbox/",
    ),
    *("/command/", "/command/phone/", "/command/board/", "/command/places/", "/command/heat/"),
    *(
        "/command/points/?box=121,29,122,30",
        "/command/replay/",
        "/field/",
        "/field/rounds/",
        "/field/report/",
    ),
    *("/api/v1/command/counters", "/api/v1/command/places", "/api/v1/command/points?box=121,29,122,30"),
    *("/desk/sensing/", "/desk/sensing/things/", "/desk/sensing/silences/", "/desk/sensing/monitors/"),
    *("/desk/sensing/area/", "/command/things/?box=121,29,122,30", "/api/v1/sensing/things"),
    *("/api/v1/sensing/warnings", "/api/v1/sensing/monitors", "/api/v1/sensing/silences"),
    *("/api/v1/appraisals/cases", "/api/v1/grids/profiles", "/api/v1/grids/proposals"),
)
NOISE: Final = re.compile(
    r"csrf\w*[^<>]{0,40}?[\"'=:>\s][A-Za-z0-9]{64}|[A-Za-z0-9+/=_-]{40,}|\d\d:\d\d(:\d\d)?(\.\d+)?|nonce-?[\"'=\w+/-]+"
    r"|\"(at|now|seconds|made_at)\": ?[^,}]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


def asks() -> Iterator[tuple[str, Ask]]:
    for name in SEATS:
        for path in COUNTED:
            yield name, Ask(f"count:{path}", "GET", path)


@contextmanager
def more_elsewhere(town: Town) -> Iterator[None]:
    """More cases, counts, doors, rounds and appeals where no post of the town sees any; taken back at the end."""
    point = transaction.atomic()
    point.__enter__()
    try:
        for at in UNSEEN:
            add_more(town, at)
        forget()
        yield
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
        forget()


def forget() -> None:
    """No process remembers an answer, nor who holds a key."""
    access._callers.clear()
    for one in gc.get_objects():
        if type(one) is Kept:  # a lazy object would be woken by isinstance
            one.clear()


def add_more(town: Town, at: str) -> None:
    now, place = timezone.now(), PLACES[at]
    first = Case.objects.get(number=town.ids[at]["case"])
    event = CaseEvent.objects.filter(case_id=first.pk).latest("seq")
    unit = int(town.ids[at]["unit"])
    for n in range(MORE):
        case = Case.objects.get(pk=first.pk)
        case.pk, case.number, case.unit_id = None, f"{first.number}x{n}", unit
        case.state, case.due_at = (
            ("registered", "handling", "handled", "filed")[n % 4],
            now + timedelta(hours=n - 2),
        )
        case.overdue_at = None
        case.save(force_insert=True)
        CaseEvent.objects.create(
            case_id=case.pk,
            seq=1,
            at=now - timedelta(minutes=n),
            transition=event.transition,
            kind=("return", event.kind)[n % 2],
            to_state=case.state,
            role="dispatcher",
            salt=b"0" * 16,
        )
        Tally.objects.create(
            case_id=case.pk,
            origin=1 + n % 3,
            ref=case.pk,
            at=now - timedelta(days=1),
            unit_id=unit,
            place_code=place,
            category=case.category,
            flags=EVERY_FLAG,
            minutes=7,
        )
        subject = Subject.objects.create(
            kind="house", code=f"{at}{n}", name="门", place_code=place, added_at=now
        )
        Round.objects.create(
            plan="dh-visit-d",
            pack_version_id=1,
            place_code=place,
            subject=subject,
            opens_at=now - timedelta(days=1),
            due_at=now + timedelta(hours=1),
            state="due",
        )
        Appeal.objects.create(case_id=case.pk, unit_id=unit, reason="x", at=now)
        more_sensed(place, unit, f"{at}{n}")


def more_sensed(place: str, unit: int, area: str) -> None:
    """A thing, its warning and a silence of it."""
    now = timezone.now()
    thing = Thing.objects.create(
        name="井", kind="manhole", place_code=place, unit_id=unit, lon=121.5, lat=29.8
    )
    warning = SensedWarning.objects.create(
        monitor="m", area=area, place_code=place, level=3, peak=3, told=1, raised_at=now, changed_at=now
    )
    stream = Datastream.objects.create(
        thing=thing,
        sensor=Sensor.objects.create(name="s", encoding_type="text/plain", metadata="s"),
        observed_property=ObservedProperty.objects.create(name="p", definition="p"),
        name="n",
        unit={},
        observation_type="x",
        place_code=place,
    )
    WarningMember.objects.create(warning=warning, datastream_id=stream.pk, level=3, since=now)
    SilenceRow.objects.create(
        why="x", thing_id=thing.pk, starts_at=now, until=now + timedelta(days=1), made_at=now
    )


def body(matrix: Matrix, name: str, ask: Ask) -> str:
    """The answer without what differs each time."""
    with unhurried():
        client = matrix.calls[name] if ask.is_api else matrix.pages[name]
        client.cookies.pop("messages", None)  # of what was asked before
        point = transaction.atomic()
        point.__enter__()
        try:
            answer = client.get(ask.path)
            said = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
        finally:
            transaction.set_rollback(True)
            point.__exit__(None, None, None)
    return NOISE.sub("~", said.decode("utf-8", "replace"))


def many() -> int:
    return len(SEATS) * len(COUNTED)


def unequal(matrix: Matrix, chosen: Iterator[tuple[str, Ask]] | None = None) -> list[str]:
    """The answers that changed, with the first words that did."""
    plan = list(chosen or asks())
    forget()
    with mock.patch("django.utils.timezone.now", return_value=timezone.now()):
        before = [body(matrix, name, ask) for name, ask in plan]
        with more_elsewhere(matrix.town):
            after = [body(matrix, name, ask) for name, ask in plan]
    return [
        f"{name} {ask.path}: {first_difference(one, other)}"
        for (name, ask), one, other in zip(plan, before, after, strict=True)
        if one != other
    ]


def first_difference(one: str, other: str) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"...{one[max(0, at - 60) : at + 30]!r} became {other[at : at + 30]!r}"
