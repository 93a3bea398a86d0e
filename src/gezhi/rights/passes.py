"""A pass: what a program holds after a person proved who they are, for half an hour. Signed, kept nowhere."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core import signing

from gezhi.rights.models import Channel
from gezhi.rights.person import Person
from gezhi.rights.queries.people import person_of_channel, person_of_report

LASTS: Final = timedelta(minutes=30)
_SALT: Final = "gezhi.rights.pass"


@dataclass(frozen=True, slots=True)
class Pass:
    channel_id: int | None = None
    report_id: int | None = None

    def written(self) -> str:
        return signing.dumps([self.channel_id, self.report_id], salt=_SALT)


def person_with(written: str) -> Person | None:
    """None for what is no pass of ours, or no longer."""
    try:
        channel_id, report_id = signing.loads(written, salt=_SALT, max_age=LASTS)
    except (signing.BadSignature, UnicodeEncodeError):
        return None
    channel = Channel.objects.filter(id=channel_id or 0).first()
    if channel is not None:
        return person_of_channel(channel)
    return person_of_report(report_id) if report_id else None
