"""A thing of the matrix in each place: its name, its location and its datastream are signs; so is why its warning was
silenced."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.utils import timezone

from tests.access.ground import PLACES, Town

MEANT_OF_THINGS: Final = {  # parameters of addresses, as in routes.MEANT
    ("api/sensorthings", "path"): ".thing",
    ("api/v1/sensing/things", "pk"): ".thing_id",
    ("api/v1/sensing/datastreams", "pk"): ".stream",
    ("api/v1/sensing/warnings", "pk"): ".sensed",
    ("api/v1/sensing/silences", "pk"): ".silence",
    ("desk/sensing/things", "pk"): ".thing_id",
    ("desk/sensing/warnings", "pk"): ".sensed",
    ("desk/sensing/silences", "pk"): ".silence",
    ("desk/sensing/notices", "pk"): ".notice",
    ("desk/sensing/backfills", "key"): ".backfill",
    ("api/v1/sensing/backfills", "key"): ".backfill",
    ("field/warnings", "pk"): ".sensed",
}


def thing(town: Town, at: str, case_id: int) -> None:
    from gezhi.sensing.models import Datastream, Location, ObservedProperty, Sensor, Thing

    here = {"place_code": PLACES[at]}
    row = Thing.objects.create(name=town.word("thing", 2, at), description=town.word("thing", 2, at), **here)
    place = Location.objects.create(
        name=town.word("thing", 2, at), encoding_type="text/plain", location=town.word("thing", 2, at), **here
    )
    row.locations.set([place])
    stream = Datastream.objects.create(
        thing=row,
        sensor=Sensor.objects.create(name="s", encoding_type="text/plain", metadata="s"),
        observed_property=ObservedProperty.objects.create(name="p", definition="p"),
        name=town.word("thing", 2, at),
        unit={},
        observation_type="x",
        **here,
    )
    ids = {"thing": f"Things({row.pk})", "thing_id": str(row.pk), "stream": str(stream.pk)}
    town.ids[at] |= ids | warned(town, at, row.pk, stream.pk)


def warned(town: Town, at: str, thing_id: int, series: int) -> dict[str, str]:
    """A warning of it that stands, muted by a silence, and the silence."""
    from gezhi.sensing.models import BackfillRun, PublicNotice, SensedWarning, SilenceRow, WarningMember

    now = timezone.now()
    silence = SilenceRow.objects.create(
        why=town.word("thing", 2, at),
        thing_id=thing_id,
        starts_at=now,
        until=now + timedelta(days=1),
        made_at=now,
    )
    warning = SensedWarning.objects.create(
        monitor="m", area=at, place_code=PLACES[at], level=2, peak=2, told=1, raised_at=now, changed_at=now
    )
    WarningMember.objects.create(
        warning=warning, datastream_id=series, level=2, since=now, muted=f"silence:{silence.pk}"
    )
    file = BackfillRun.objects.create(
        key=uuid4(), name=town.word("thing", 2, at), account_id=0, state="done", started_at=now
    )
    notice = PublicNotice.objects.create(
        sender="here",
        identifier=f"notice-{at}",
        sent_at=now,
        level=2,
        event="积水",
        headline="道路积水",
        places=[PLACES[at]],
        expires_at=now + timedelta(hours=2),
        account_id=0,
        taken_at=now,
    )
    return {
        "sensed": str(warning.pk), "silence": str(silence.pk), "backfill": str(file.key), "notice": str(notice.pk),
    }  # fmt: skip
