"""What is told of a file that leaves. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gezhi.lib.readable import is_readable_code
from gezhi.security.fingerprints import Fingerprint

MOST_FILTERS, LONGEST = 30, 200
_NUMBER: Final = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
_SKIPPED: Final = frozenset({"csrfmiddlewaretoken", "as", "page", "purpose"})


@dataclass(frozen=True, slots=True)
class Taken:
    """Who takes a file, from where, by which page or call, for which purpose of the closed list."""

    account_id: int | None
    route: str
    title: str
    purpose: str
    address: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """The file as it left. `mark`: the key of its rounding."""

    number: str
    format: str
    columns: Sequence[str]
    size: int
    sha256: str
    mark: bytes
    fingerprint: Fingerprint


def filters_of(asked: Mapping[str, str]) -> dict[str, str]:
    """What a list was narrowed by, bounded."""
    said = ((name[:60], value[:LONGEST]) for name, value in asked.items() if value and name not in _SKIPPED)
    return dict(sorted(said)[:MOST_FILTERS])


def number_in(text: str) -> str:
    """What was typed as the number of an export, in the form that it is kept; "" for none."""
    plain = "".join(text.upper().replace("-", " ").split())
    return plain if is_readable_code(plain) else ""


def numbers_in(words: Iterable[str]) -> list[str]:
    """The numbers of exports that a file names itself: in the line at its end, or as it was pasted."""
    found = (one.group().replace("-", "") for word in words for one in _NUMBER.finditer(word.upper()))
    return [number for number in found if is_readable_code(number)]
