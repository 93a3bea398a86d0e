"""What is known of doors is sensitive: whoever reads it has looked, for what their post is for."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from gezhi.lib.personal import Grade
from gezhi.people.access import Actor
from gezhi.people.actions import record_lookups
from gezhi.people.looking import Look, Origin
from gezhi.people.models import Lookup
from gezhi.people.purposes import HANDLING

KIND: Final = "subject"
_DAY: Final = timedelta(hours=16)


def keep_days_looks(
    actor: Actor, read: Mapping[tuple[int, str], Collection[str]], origin: Origin, now: datetime
) -> None:
    """As `keep_looks`, of what a phone takes along for the day: it asks again every few minutes, which is one look."""
    taken = Lookup.objects.filter(
        account_id=actor.account_id, subject_kind=KIND, way=origin.way, at__gt=now - _DAY
    )
    known = set(taken.values_list("subject_id", flat=True)) if read else set()
    keep_looks(actor, {key: elements for key, elements in read.items() if key[0] not in known}, origin)


def keep_looks(actor: Actor, read: Mapping[tuple[int, str], Collection[str]], origin: Origin) -> None:
    """`read`: (subject, place) -> the elements that were shown of it. One entry in the ledger; none for nothing."""
    post = next((post.id for post in actor.posts), None)
    record_lookups(
        [
            Look(
                account_id=actor.account_id,
                post_id=post,
                purpose=HANDLING,
                subject_kind=KIND,
                subject_id=subject,
                fields=tuple(sorted(element[:30] for element in elements)),
                grade=int(Grade.SENSITIVE),
                way=origin.way,
                place_code=place,
                address=origin.address,
                request_id=origin.request_id,
            )
            for (subject, place), elements in read.items()
            if elements
        ]
    )
