"""Whoever is known by a way to reach them: what is theirs, and what their name and numbers look like in texts. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gezhi.lib.numbers import number_key

BLOT: Final = "▇▇"
_LEAST: Final = {"name": 2, "address": 4, "email": 5}  # characters that tell somebody apart
_CALLED: Final = "先生|女士|小姐|阿姨|大爷|大妈|叔叔|老师|师傅|某某|某"


@dataclass(frozen=True, slots=True)
class Person:
    """`number`: "" for whoever came with a tracking code alone. `cases`: of these reports."""

    number: str = ""
    digest: str = ""
    channel_id: int | None = None
    reports: tuple[int, ...] = ()
    cases: tuple[int, ...] = ()

    @property
    def params(self) -> dict[str, object]:
        """For the conditions of lib/personal.py."""
        return {
            "reports": list(self.reports),
            "cases": list(self.cases),
            "phone": number_key(self.number),
            "digest": self.digest,
            "channel": self.channel_id,
            "account": None,
        }

    @property
    def is_known(self) -> bool:
        return bool(self.reports or self.channel_id)


@dataclass(frozen=True, slots=True)
class Signs:
    """What a person is told by in the words of others."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # what the person said, where others quote it whole

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """None: nothing that could be found."""
        found = [
            *_plain(self.texts, _LEAST["address"]),
            *_plain(self.addresses, _LEAST["address"]),
            *_plain(self.emails, _LEAST["email"]),
            *_plain(self.names, _LEAST["name"]),
            *(_surname(name) for name in self.names if len(name) >= 2 and not name.isascii()),
            *(_spaced(key) for number in self.numbers if len(key := number_key(number)) >= 5),
        ]
        return re.compile("|".join(dict.fromkeys(found))) if found else None


def _plain(values: Iterable[str], least: int) -> list[str]:
    """The longest first, so that a part is not taken for the whole."""
    kept = {value.strip() for value in values if len(value.strip()) >= least}
    return [re.escape(value) for value in sorted(kept, key=len, reverse=True)]


def _surname(name: str) -> str:
    """王女士, 王某."""
    return f"{re.escape(name[0])}(?:{_CALLED})"


def _spaced(key: str) -> str:
    """The digits, however they were grouped."""
    return r"(?:\+?(?:00)?86[ -]?)?" + r"[ ()-]{0,2}".join(key)


def blotted(value: object, pattern: re.Pattern[str]) -> object:
    """The value with every sign of the person blotted out; keys of objects stay."""
    if isinstance(value, str):
        return pattern.sub(BLOT, value)
    if isinstance(value, Mapping):
        return {key: blotted(one, pattern) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [blotted(one, pattern) for one in value]
    return value


def names_person(value: object, pattern: re.Pattern[str] | None) -> bool:
    """Whether a text, or any text in a JSON value, tells the person."""
    return pattern is not None and blotted(value, pattern) != value
