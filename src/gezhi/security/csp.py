"""What a browser tells of a page that broke its content policy, without what says who looked. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LARGEST: Final = 16 * 1024  # bytes
_MOST: Final = 20  # reports of one request
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Broken:
    """`path`: of the page, to be turned into its route. `blocked`: where it came from, without what was asked there."""

    directive: str
    blocked: str
    path: str


def reports_in(body: bytes) -> list[Broken]:
    """Both forms that browsers send: report-uri and the Reporting API. [] for what is neither."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return []
    found = [_old(given)] if isinstance(given, Mapping) else [_new(one) for one in _list(given)]
    return [one for one in found if one is not None]


def _list(given: object) -> list[object]:
    return given[:_MOST] if isinstance(given, list) else []


def _old(given: Mapping[str, object]) -> Broken | None:
    told = given.get("csp-report")
    if not isinstance(told, Mapping):
        return None
    directive = told.get("effective-directive") or told.get("violated-directive")
    return _broken(directive, told.get("blocked-uri"), told.get("document-uri"))


def _new(given: object) -> Broken | None:
    told = given.get("body") if isinstance(given, Mapping) and given.get("type") == "csp-violation" else None
    if not isinstance(told, Mapping):
        return None
    return _broken(told.get("effectiveDirective"), told.get("blockedURL"), told.get("documentURL"))


def _broken(directive: object, blocked: object, page: object) -> Broken | None:
    if not isinstance(directive, str) or not directive.isprintable():
        return None
    return Broken(directive.split(" ")[0][:_LONGEST], _origin(blocked), _path(page))


def _origin(uri: object) -> str:
    """inline and eval are words, not addresses."""
    if not isinstance(uri, str):
        return ""
    try:
        parts = urlsplit(uri[:2000])
    except ValueError:
        return ""
    origin = (
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else parts.scheme or parts.path
    )
    return "".join(one for one in origin if one.isprintable())[:_LONGEST]


def _path(uri: object) -> str:
    try:
        return urlsplit(uri[:2000]).path if isinstance(uri, str) else ""
    except ValueError:
        return ""
