"""What proves a step, in the words of whoever reads it: its entry in the ledger, who signed, the photos' hashes."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gezhi.cases.models import Evidence
from gezhi.ledger import sm2
from gezhi.ledger.queries.standing import Vouched
from gezhi.ledger.signing import SIGNED, verdict_on
from gezhi.people.keys import OWN
from gezhi.people.models import SigningKey


@dataclass(frozen=True, slots=True)
class SignedView:
    """`holds` None: this machine cannot tell. `own`: the key is in the person's own hand."""

    who: str
    key: str
    public: str
    kind: str
    own: bool
    since: datetime
    ended: datetime | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """`place`: in the tree; None: it waits for the next checkpoint."""

    kind: str
    place: int | None
    leaf: str
    body: str
    size: int | None
    checked_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    witnesses: Sequence[tuple[str, datetime | None]]
    signed: SignedView | None


@dataclass(frozen=True, slots=True)
class PhotoView:
    """`captured` "": its device said nothing."""

    key: str
    stored: str
    arrived: str
    captured: str
    captured_at: datetime | None
    words: str


def entry_view(found: Vouched, keys: Mapping[str, SigningKey]) -> EntryView:
    entry, head, stamp = found.entry, found.checkpoint, found.timestamp
    signed = found.facts.get(SIGNED)
    key = keys.get(str(signed["key"])) if isinstance(signed, Mapping) else None
    return EntryView(
        kind=entry.kind,
        place=entry.tree_index,
        leaf=bytes(entry.leaf_hash).hex(),
        body=json.dumps(json.loads(bytes(entry.body)), ensure_ascii=False, indent=2),
        size=head.size if head else None,
        checked_at=head.at if head else None,
        stamped_at=stamp.at if stamp else None,
        stamped_by=stamp.by if stamp else "",
        witnesses=[(one.name, one.vouched_at) for one in found.witnesses],
        signed=_signed_view(bytes(entry.body), key) if key else None,
    )


def keys_in(found: Sequence[Vouched]) -> list[str]:
    """The names of the keys that signed these entries."""
    signed = (one.facts.get(SIGNED) for one in found)
    return [str(one["key"]) for one in signed if isinstance(one, Mapping)]


@dataclass(frozen=True, slots=True)
class KeyView:
    key: str
    public: str
    kind: str
    own: bool
    alone: bool
    since: datetime
    ended: datetime | None
    held: str


def key_view(key: SigningKey) -> KeyView:
    public, own = bytes(key.public), key.held == OWN
    text = base64.b64encode(public).decode()
    return KeyView(key.key, text, _kind(public), own, key.alone, key.made_at, key.ended_at, key.held)


def _kind(public: bytes) -> str:
    return "SM2" if len(public) == sm2.POINT else "Ed25519"


def _signed_view(body: bytes, key: SigningKey) -> SignedView:
    public = bytes(key.public)
    return SignedView(
        who=key.account.name,
        key=key.key,
        public=base64.b64encode(public).decode(),
        kind=_kind(public),
        own=key.held == OWN,
        since=key.made_at,
        ended=key.ended_at,
        holds=verdict_on(body, public),
    )


def photo_view(photo: Evidence) -> PhotoView:
    return PhotoView(
        key=str(photo.key),
        stored=photo.sha256,
        arrived=photo.original_sha256,
        captured=photo.captured_sha256,
        captured_at=photo.captured_at,
        words=_words(photo),
    )


def _words(photo: Evidence) -> str:
    if not photo.captured_sha256:
        return _("拍摄或选取时没有计算散列（浏览器未运行脚本，或由其他系统发来）；只能证明到达之后没有变过。")
    if photo.captured_sha256 == photo.original_sha256:
        return _("到达的就是拍摄或选取时的原片，一字节不差。")
    return _("发出前在设备上缩小过：到达的与发出的一致；谁还留有原片，可用原片散列比对。")
