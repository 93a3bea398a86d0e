"""How far others vouch for the ledger: the warning for whoever is to act on it, and the page that says it whole."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gezhi.ledger.freshness import TIMESTAMP, Freshness, State
from gezhi.ledger.models import Outsider
from gezhi.ledger.queries.outsiders import contradicting, lag
from gezhi.people.access import VOUCHED, Actor

_KEPT = 15.0  # seconds
_held: tuple[tuple[object, ...], float, Sequence[Freshness], Sequence[str]] = ((), 0.0, (), ())


@dataclass(frozen=True, slots=True)
class LagView:
    """`tone`: good, soon, bad, or "" where nobody is asked."""

    title: str
    tone: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class OutsiderView:
    name: str
    where: str
    size: int
    vouched_at: datetime | None
    tried_at: datetime | None
    problem: str


def lag_notes(actor: Actor) -> list[LagView]:
    """What a leader, auditor or administrator is warned of on every page. Two statements every fifteen seconds at
    most, none where nobody is asked."""
    if not actor.may(VOUCHED) or not (settings.TIMESTAMP_URL or settings.WITNESSES):
        return []
    found, against = _lately()
    late = [lag_view(one) for one in found if one.state in (State.LATE, State.STALE)]
    return [*(contradiction(name) for name in against), *late]


def contradiction(name: str) -> LagView:
    words = _(
        "%(name)s 见证过的记录与本节点现有的不符：有记录丢失或被改动，或旧副本在运行。请立即核对存证链。"
    )
    return LagView(name, "bad", "overdue", words % {"name": name})


def _lately() -> tuple[Sequence[Freshness], Sequence[str]]:
    global _held
    asked, now = (settings.TIMESTAMP_URL, settings.WITNESSES), time.monotonic()
    if _held[0] != asked or now - _held[1] > _KEPT:
        _held = (asked, now, lag(timezone.now()), contradicting())
    return _held[2], _held[3]


def lag_view(found: Freshness) -> LagView:
    title = pgettext("several", "时间戳") if found.kind == TIMESTAMP else _("外部见证")
    tones = {State.OFF: "", State.FRESH: "good", State.LATE: "soon", State.STALE: "bad"}
    icons = {State.OFF: "stop", State.FRESH: "check", State.LATE: "soon", State.STALE: "overdue"}
    return LagView(title, tones[found.state], icons[found.state], _words(found, title))


def _words(found: Freshness, title: str) -> str:
    told = {"what": title, "n": found.minutes}
    if found.state is State.OFF:
        return (
            _("没有配置%(what)s：不核对，也不会因此暂停办理。改动旧记录只能由本节点自己的签名发现。") % told
        )
    if found.state is State.FRESH:
        return _("%(what)s及时，滞后 %(n)s 分钟。") % told
    if found.state is State.LATE:
        return _("%(what)s已滞后 %(n)s 分钟。继续滞后将暂停核查、结案、审批和出具文书。") % told
    return _("%(what)s已滞后 %(n)s 分钟：核查、结案、审批和出具文书已暂停，其他步骤照常。") % told


def outsider_view(name: str, where: str, one: Outsider | None) -> OutsiderView:
    """`one`: None when it was never asked."""
    if one is None:
        return OutsiderView(name, where, 0, None, None, "")
    return OutsiderView(name, where, one.size, one.vouched_at, one.tried_at, one.problem)
