"""Tickets, as the web server signs them and the stream's process reads them without a database."""

from django.core import signing

from gezhi.live.scope import Scope

VALID = 60  # seconds
SALT = "gezhi.live"


class BadTicket(Exception):
    """The ticket is forged or too old."""


def sealed(account_id: int, scope: Scope) -> str:
    held = {
        "account": account_id,
        "places": scope.places,
        "units": sorted(scope.units),
        "hidden": sorted(scope.hidden),
    }
    return signing.dumps(held, salt=SALT, compress=True)


def opened(ticket: str, valid: int = VALID) -> Scope:
    """Raises BadTicket."""
    try:
        held = signing.loads(ticket, salt=SALT, max_age=valid)
    except (signing.BadSignature, UnicodeEncodeError) as error:
        raise BadTicket from error
    places = tuple((low, high) for low, high in held["places"])
    return Scope(places, frozenset(held["units"]), frozenset(held["hidden"]))
