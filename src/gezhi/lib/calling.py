"""Calling other machines over HTTP: where the settings say, and nowhere that an answer points to."""

from http.client import HTTPResponse
from ipaddress import ip_address
from typing import Final, cast
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

_HANDLERS: Final = (
    *(ProxyHandler, UnknownHandler, HTTPHandler, HTTPSHandler),
    *(HTTPDefaultErrorHandler, HTTPErrorProcessor),
)


class OpenAddress(ValueError):
    """{name} is {address!r}: it must begin with https:// (http:// for this machine alone)."""

    def __init__(self, name: str, address: str) -> None:
        super().__init__((self.__doc__ or "").format(name=name, address=address))


def called(request: Request, seconds: float) -> HTTPResponse:
    """The answer, a context manager. http and https alone, certificates checked, no redirect followed: a gateway that
    was taken over leads to no inside address, and what was sent goes to nobody else. Raises HTTPError for any status
    but 2xx, OSError for no answer."""
    opener = OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    return cast(HTTPResponse, opener.open(request, timeout=seconds))


def guarded_address(name: str, address: str) -> str:
    """Of a setting, to which personal data are sent; "" stays. Raises OpenAddress for one without TLS."""
    parts = urlsplit(address)
    if (
        address
        and parts.scheme != "https"
        and not (parts.scheme == "http" and _is_here(parts.hostname or ""))
    ):
        raise OpenAddress(name, address)
    return address


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
