"""One try at a secret: counted before the secret is looked at, forgiven when it was right, a signal when it was not."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from gezhi.ledger.entries import Fact
from gezhi.people.actions.looking import record_signal
from gezhi.people.actions.tries import forgive_try, take_try
from gezhi.people.queries.signing import is_at_home
from gezhi.people.signing_in.counting import address_key, address_of, limits_for, name_key

FAILED: Final = "sign-in-failed"
LOCKED: Final = "locked-out"


class TooOften(Exception):
    """Nothing was tried. `seconds`: when it may be."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Wait {wait}.")
        self.seconds = max(1, ceil(wait.total_seconds()))


@dataclass(frozen=True, slots=True)
class Trial:
    """`step`: which secret: password, code, passkey, confirm, link. `name` and `source`: the keys that it counts by."""

    address: str
    step: str
    name: str
    source: str
    shuts: bool

    def right(self) -> None:
        forgive_try(self.name, self.source, timezone.now())

    def wrong(self, account_id: int | None) -> None:
        """`account_id`: whose secret it was not; None for a name that nobody has."""
        failed_at(self.address, self.step, account_id)
        if self.shuts:
            record_signal(LOCKED, account_id, self.address, {"step": self.step})


def try_now(request: HttpRequest, name: str, step: str) -> Trial:
    """`name`: what was typed, or what stands for the account; "" where nobody is named. Raises TooOften."""
    address = address_of(request)
    at_home, counted = is_at_home(name, address), f"{step}:{name}" if name else ""
    taken = take_try(limits_for(counted, address, at_home=at_home), timezone.now())
    if taken.wait > timedelta(0):
        raise TooOften(taken.wait)
    name_part = name_key(counted, address, at_home=at_home)
    return Trial(address, step, name_part, address_key(address), taken.shuts)


def failed(request: HttpRequest, step: str, account_id: int | None) -> None:
    """Where no secret of ours was tried."""
    failed_at(address_of(request), step, account_id)


def failed_at(address: str, step: str, account_id: int | None) -> None:
    facts: dict[str, Fact] = {"step": step, "known": account_id is not None}
    record_signal(FAILED, account_id, address, facts)
