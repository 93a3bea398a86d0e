"""What wrong tries are counted by: a name, and the address that they come from."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from gezhi.people.signing_in.tries import ADDRESS, NAME, Limit

_SALT: Final = "gezhi.people.tries"
NAMES: Final = 60  # letters of a name


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def hidden(*parts: str) -> str:
    """HMAC-SHA256 under the node's key, hex."""
    return salted_hmac(_SALT, "\n".join(parts), algorithm="sha256").hexdigest()


def name_key(name: str, address: str, *, at_home: bool) -> str:
    """`at_home`: this name has signed in from this address before. There it is counted apart, so that whoever tries
    elsewhere locks nobody out of their own desk."""
    return hidden("name", name[:NAMES], address if at_home else "")


def address_key(address: str) -> str:
    return hidden("address", address)


def limits_for(name: str, address: str, *, at_home: bool) -> Mapping[str, Limit]:
    """`name` "": only the address counts."""
    named = {name_key(name, address, at_home=at_home): NAME} if name else {}
    return named | {address_key(address): ADDRESS}
