"""CAP in: another authority's notices are kept as they were sent, told on the portal, ended as it says."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gezhi.exchange.cap.ground import places_of
from gezhi.exchange.cap.notice import Notice, Said
from gezhi.exchange.cap.reading import read_cap
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.codes import TOWN
from gezhi.packs.shapes import LEVELS
from gezhi.places.queries import shapes_at
from gezhi.sensing.actions.broadcasting import sender
from gezhi.sensing.models import PublicNotice

UNSAID: Final = timedelta(days=1)  # how long a notice stands that does not say when it ends


class OurOwn(Exception):
    """A notice under this node's own name that came from outside."""


@transaction.atomic
def take_cap(xml: bytes, account_id: int, now: datetime) -> tuple[PublicNotice, bool]:
    """(the notice, whether it is new). Raises Unreadable, OurOwn."""
    notice = read_cap(xml)
    if notice.sender == sender():
        raise OurOwn
    known = PublicNotice.objects.filter(sender=notice.sender, identifier=notice.identifier).first()
    if known is not None:
        return known, False
    row = PublicNotice.objects.create(**_columns(notice, now), source_id=account_id)
    if notice.status == "Actual" and notice.message in ("Update", "Cancel"):
        names = [one.identifier for one in notice.references if one.sender == notice.sender]
        earlier = PublicNotice.objects.filter(
            sender=notice.sender, identifier__in=names, source_id=account_id
        )
        earlier.filter(ended_at=None).update(ended_at=now)
    facts: dict[str, Fact] = {
        "account": account_id,
        "sender": notice.sender,
        "message": row.message,
        "level": row.level,
    }
    record("sensing.notice.taken", f"notice:{notice.identifier}", facts)
    return row, True


def _columns(notice: Notice, now: datetime) -> dict[str, object]:
    chinese, english = _in(notice, "zh"), _in(notice, "en")
    first = chinese or english
    shaped = any(area.polygons or area.circles for area in notice.areas)
    return {
        "sender": notice.sender,
        "identifier": notice.identifier,
        "sent_at": notice.sent,
        "message": notice.message.lower() if notice.message in ("Update", "Cancel") else "alert",
        "actual": notice.status == "Actual" and notice.message in ("Alert", "Update", "Cancel"),
        "level": LEVELS.index(notice.level) + 1 if notice.level else 0,
        "category": notice.category[:20],
        "event": (first.event if first else "")[:200],
        "headline": (first.headline or first.event if first else "")[:300],
        "text": first.description if first else "",
        "todo": first.instruction if first else "",
        "event_en": (english.event if english else "")[:200],
        "headline_en": (english.headline or english.event if english else "")[:300],
        "text_en": english.description if english else "",
        "todo_en": english.instruction if english else "",
        "places": places_of(notice.areas, shapes_at(TOWN) if shaped else {}),
        "expires_at": notice.expires or notice.sent + UNSAID,
        "taken_at": now,
    }


def _in(notice: Notice, language: str) -> Said | None:
    """What it says in a language; for Chinese, whatever it says first that is not English."""
    found = next((one for one in notice.said if one.language.lower().startswith(language)), None)
    if found or language != "zh":
        return found
    return next((one for one in notice.said if not one.language.lower().startswith("en")), None)
