"""Security in the demonstration city: a month of small things, a night of guessed passwords that became an incident,
exports as people take them, and a backup that lags."""

import hashlib
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.utils import timezone

from gezhi.cases.actions import Step, Who, take
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.lib.readable import readable_code
from gezhi.people.access import Actor, actor_of
from gezhi.people.actions import record_signal
from gezhi.people.models import Account
from gezhi.security.actions import record_export, take_up_warnings, watch
from gezhi.security.leaving import File, Taken
from gezhi.security.marked import Marked
from gezhi.security.rounding import new_key
from gezhi.security.secret import fingerprint_key

STRANGER: Final = "203.0.113.50"  # addresses of RFC 5737: nobody's
_NEIGHBOURS: Final = ("198.51.100.7", "198.51.100.23", "192.0.2.14")
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_ADMIN: Final = "admin"
_EXPORTS: Final = (("dispatcher", 180, "案件"), ("leader", 420, "案件"), ("supervisor", 260, "案件"))


def guard_past(now: datetime, seed: int) -> None:
    """Signals of thirty days, the warnings that the rules made of them, one incident, a few exports."""
    _everyday(now, Random(seed))
    _guessed(now - 2 * _DAY)
    for username, rows, title in _EXPORTS:
        _export(Account.objects.get(username=username), rows, title)
    record_signal("backup.stale", None, "", {"behind": 5400}, now - 9 * _MINUTE)
    watch(now)
    take_up_warnings(now)


def _everyday(now: datetime, rng: Random) -> None:
    for day in range(1, 30):
        for _ in range(rng.randrange(3, 12)):
            at = now - day * _DAY - rng.randrange(600) * _MINUTE
            record_signal("sign-in-failed", None, rng.choice(_NEIGHBOURS), {}, at)
        if rng.random() < 0.4:
            at = now - day * _DAY - rng.randrange(600) * _MINUTE
            record_signal("refused", None, rng.choice(_NEIGHBOURS), {"count": rng.randrange(2, 40)}, at)


def _guessed(night: datetime) -> None:
    """A hundred and twenty tries in ten minutes; the case is judged, contained and waits for its end."""
    for number in range(120):
        record_signal("sign-in-failed", None, STRANGER, {}, night - number * timedelta(seconds=5))
    watch(night)
    for case_id in take_up_warnings(night):
        admin = _admin()
        _step(
            case_id,
            admin,
            "measure",
            Given(text="已在防火墙封堵该地址，无账户登录成功。"),
            night + 25 * _MINUTE,
        )
        given = Given(reason="没有账户登录成功，未造成影响")
        _step(case_id, admin, "below", given, night + 70 * _MINUTE)
    watch(night + 40 * _MINUTE)


def _admin() -> Actor:
    return actor_of(Account.objects.get(username=_ADMIN), timezone.localdate())


def _step(case_id: int, actor: Actor, key: str, given: Given, at: datetime) -> None:
    outcome = take([Step(case_id, key, Who(actor=actor), given)], at)[0]
    if isinstance(outcome, Exception):
        raise outcome


def _export(account: Account, rows: int, title: str) -> None:
    """The newest cases, as the desk's own export would have told them; the file itself is not kept."""
    mark = new_key()
    marked = Marked(mark, fingerprint_key(), timezone.get_current_timezone())
    columns = ("number", "title", "state", "place_code", "opened_at")
    found = Case.objects.order_by("-id").values_list(*columns)[:rows]
    text = "\n".join(",".join(map(str, line)) for line in marked.lines(found))
    digest, size = hashlib.sha256(text.encode()).hexdigest(), len(text.encode())
    taken = Taken(account.pk, "desk:export", title, "supervision", "10.0.0.21", {"status": "open"})
    record_export(taken, File(readable_code(), "csv", columns, size, digest, mark, marked.fingerprint()))
