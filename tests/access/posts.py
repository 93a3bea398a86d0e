"""The twelve posts of a town, those above it who may see more, and whoever has none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from gezhi.people.actions import load_people
from gezhi.people.models import Account, BreakGlass, Delegation, Post, Unit
from tests.cast import CITY, NANMEN, SINCE

TOWN_OFFICE, TOWN_HELP, CENTRE, OTHERS = "town-office", "town-help", "centre", "far-office"


@dataclass(frozen=True)
class Seat:
    """`role` at `unit` for `place`; `glass`: what was opened in an emergency ("": nothing)."""

    name: str
    role: str
    unit: str
    place: str
    glass: str = ""
    deputy: bool = False


ROLES: Final = (
    *("operator", "dispatcher", "handler", "verifier", "grid-worker", "supervisor", "leader", "auditor"),
    *("data-steward", "administrator"),
)
TOWN: Final[Mapping[str, Seat]] = {
    **{f"t-{role}": Seat(f"t-{role}", role, TOWN_OFFICE, NANMEN) for role in ROLES},
    "t-partner": Seat("t-partner", "handler", TOWN_HELP, NANMEN),
    "t-deputy": Seat("t-deputy", "dispatcher", TOWN_OFFICE, NANMEN, deputy=True),
}
MORE: Final[Mapping[str, Seat]] = {
    **{
        f"c-{role}": Seat(f"c-{role}", role, CENTRE, CITY)
        for role in ("operator", "leader", "auditor", "data-steward", "administrator")
    },
    "t-glass": Seat("t-glass", "handler", OTHERS, NANMEN, glass="child"),
    "t-place-glass": Seat("t-place-glass", "handler", OTHERS, NANMEN, glass="near"),
    "t-nobody": Seat("t-nobody", "", "", ""),
}
SEATS: Final[Mapping[str, Seat]] = {**TOWN, **MORE, "": Seat("", "", "", "")}


def settle(child_case: int, places: Mapping[str, str]) -> dict[str, Account]:
    """The accounts of all seats; their posts, the deputy's powers, and the emergency."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    new = [
        Unit(code=code, name=code, place_code=NANMEN, functions=[])
        for code in (TOWN_OFFICE, TOWN_HELP, OTHERS)
    ]
    units |= {unit.code: unit for unit in new}
    accounts = {name: Account(username=name, name=f"人{name}", password="!") for name in SEATS if name}
    accounts["t-away"] = Account(username="t-away", name="出差的派遣员", password="!")
    held = [seat for seat in SEATS.values() if seat.role and not seat.deputy]
    posts = [_post(accounts[seat.name], units[seat.unit], seat.role, seat.place) for seat in held]
    away = _post(accounts["t-away"], units[TOWN_OFFICE], "dispatcher", NANMEN)
    load_people(list(accounts.values()), new, [*posts, away])
    now, today = timezone.now(), timezone.localdate()
    Delegation.objects.create(
        post=away, to=accounts["t-deputy"], valid_from=SINCE, valid_to=today + timedelta(days=9),
        reason="出差", made_by_id=accounts["t-away"].pk, made_at=now,
    )  # fmt: skip
    for name, case_id in (("t-glass", child_case), ("t-place-glass", None)):
        BreakGlass.objects.create(
            account=accounts[name], unit_id=units[OTHERS].pk, home_code=NANMEN, case_id=case_id,
            place_code=places[SEATS[name].glass], reason="有人被困在里面", salt=b"0" * 16, at=now,
            until=now + timedelta(hours=1), review_by=now + timedelta(days=3),
        )  # fmt: skip
    return accounts


def _post(account: Account, unit: Unit, role: str, place: str) -> Post:
    return Post(account=account, unit=unit, role=role, place_code=place, valid_from=SINCE)
