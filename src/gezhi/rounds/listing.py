"""Filters of the lists of rounds and subjects, as an address has them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gezhi.lib.codes import is_code

STATES: Final = ("due", "done", "missed", "skipped")
KINDS: Final = ("house", "household", "shop", "site", "grid")


class BadFilter(ValueError):
    """A filter that cannot be understood."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True, slots=True)
class RoundFilters:
    """`since`, `until`: days on which the round is due, both included. "" and None: any."""

    plan: str = ""
    place: str = ""
    state: str = ""
    subject: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SubjectFilters:
    kind: str = ""
    place: str = ""
    text: str = ""
    gone: bool = False  # those that are no longer visited, instead


def read_round_filters(query: Mapping[str, str]) -> RoundFilters:
    """Raises BadFilter."""
    return RoundFilters(
        plan=query.get("plan", "")[:60],
        place=_place(query.get("place", "")),
        state=_one_of("state", query.get("state", ""), STATES),
        subject=_number("subject", query.get("subject", "")),
        since=_day("since", query.get("since", "")),
        until=_day("until", query.get("until", "")),
    )


def read_subject_filters(query: Mapping[str, str]) -> SubjectFilters:
    """Raises BadFilter."""
    return SubjectFilters(
        kind=_one_of("kind", query.get("kind", ""), KINDS),
        place=_place(query.get("place", "")),
        text=query.get("text", "").replace("\0", "").strip()[:60],
        gone=query.get("gone", "") == "1",
    )


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text and text not in known:
        raise BadFilter(name, f"'{text[:30]}' is not known; known are {', '.join(known)}")
    return text


def _place(text: str) -> str:
    if text and not is_code(text):
        raise BadFilter("place", "is not a 12-digit division code or a grid code")
    return text


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadFilter(name, "is not a whole number")
    return int(text)


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 1900 <= found.year <= 2200:
        raise BadFilter(name, "is not a day such as 2026-07-01")
    return found
