"""Whoever is known by a way to reach them: what is theirs, and what their name and numbers look like in texts. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from gezhi.lib.numbers import number_key

BLOT: Final = "▇▇"
RUN: Final = 6  # characters: what is quoted is longer, what two people say by chance is shorter
_LEAST: Final = {"name": 2, "address": 4, "email": 5, "number": 5}  # characters that tell somebody apart
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
    texts: tuple[str, ...] = ()  # what the person said

    @property
    def blotter(self) -> "Blotter | None":
        """None: nothing that could be found."""
        found = [
            *_plain(self.addresses, _LEAST["address"]),
            *_plain(self.emails, _LEAST["email"]),
            *_plain(self.names, _LEAST["name"]),
            *(_surname(name) for name in self.names if len(name) >= 2 and not name.isascii()),
            *(_spaced(key) for number in self.numbers if len(key := number_key(number)) >= _LEAST["number"]),
        ]
        runs = frozenset(run for text in (*self.texts, *self.addresses) for run in _runs(text))
        if not found and not runs:
            return None
        return Blotter(re.compile("|".join(dict.fromkeys(found)) or "(?!)"), runs)


@dataclass(frozen=True, slots=True)
class Blotter:
    """Finds a person in the words of others: by name, number or address, and by a run of RUN characters that stands in
    the person's own words as well."""

    pattern: re.Pattern[str]
    runs: frozenset[str]

    def clean(self, value: object) -> object:
        """The value with every sign of the person blotted out; keys of objects stay."""
        if isinstance(value, str):
            return self.pattern.sub(BLOT, self._without_runs(value))
        if isinstance(value, Mapping):
            return {key: self.clean(one) for key, one in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
            return [self.clean(one) for one in value]
        return value

    def finds(self, value: object) -> bool:
        """Whether a text, or any text in a JSON value, tells the person."""
        return self.clean(value) != value

    def _without_runs(self, text: str) -> str:
        if not self.runs:
            return text
        quoted = [False] * len(text)
        for start in range(len(text) - RUN + 1):
            if text[start : start + RUN] in self.runs:
                quoted[start : start + RUN] = [True] * RUN
        parts = groupby(zip(text, quoted, strict=True), key=lambda pair: pair[1])
        return "".join(BLOT if hit else "".join(one for one, _ in pairs) for hit, pairs in parts)


def _runs(text: str) -> Iterator[str]:
    return (text[start : start + RUN] for start in range(len(text) - RUN + 1))


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
