"""Packages of one answer put together (PNUM, PNO; HJ 212-2017, 6.1.3): bounded in number, bytes and time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gezhi.exchange.hj212.refusing import Refused, Why
from gezhi.exchange.hj212.segment import Segment

PACKAGES: Final = 64  # of one answer
OPEN: Final = 4  # answers of one device that are not whole yet
BYTES: Final = 8 << 20  # of all devices together
SECONDS: Final = 60.0  # that an answer may take
_ITEM: Final = rb"[^=,;]+=[^=,;]*"
_ITEMS: Final = re.compile(_ITEM + rb"(?:[,;]" + _ITEM + rb")*;?")


@dataclass(slots=True)
class _Open:
    count: int
    begun: float
    parts: dict[int, Segment] = field(default_factory=dict)
    size: int = 0


class Joiner:
    """Keeps packages until all of an answer are there. Not for several threads at once."""

    def __init__(self, seconds: float = SECONDS, most: int = BYTES) -> None:
        self._seconds, self._most = seconds, most
        self._open: dict[bytes, dict[tuple[bytes, bytes], _Open]] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, part: Segment, now: float) -> list[Segment]:
        """The packages in order once this was the last that lacked, else nothing. `now`: seconds, any clock.
        Refused: more packages than are allowed, or of another number than before."""
        if part.total > PACKAGES:
            raise Refused(Why.SPLIT, f"PNUM={part.total}")
        answers = self._open.setdefault(part.mn, {})
        key = (part.qn, part.cn)
        if key not in answers and len(answers) >= OPEN:
            self._drop(part.mn, min(answers, key=lambda one: answers[one].begun))
            answers = self._open.setdefault(part.mn, {})
        answer = answers.setdefault(key, _Open(part.total, now))
        if answer.count != part.total:
            self._drop(part.mn, key)
            raise Refused(Why.SPLIT, f"PNUM={part.total}")
        self._put(answer, part)
        if len(answer.parts) == answer.count:
            self._drop(part.mn, key)
            return [answer.parts[number] for number in range(1, answer.count + 1)]
        if self._size > self._most:
            self.forget(now, all_of_them=True)
        return []

    def forget(self, now: float, *, all_of_them: bool = False) -> int:
        """Drops answers that took too long; how many. Their packages were not acknowledged and come again."""
        late = [
            (mn, key)
            for mn, answers in self._open.items()
            for key, answer in answers.items()
            if all_of_them or now - answer.begun > self._seconds
        ]
        for mn, key in late:
            self._drop(mn, key)
        return len(late)

    def _put(self, answer: _Open, part: Segment) -> None:
        before = answer.parts.get(part.number)
        more = len(part.content) - (len(before.content) if before else 0)
        answer.parts[part.number] = part
        answer.size += more
        self._size += more

    def _drop(self, mn: bytes, key: tuple[bytes, bytes]) -> None:
        answers = self._open[mn]
        self._size -= answers.pop(key).size
        if not answers:
            del self._open[mn]


def contents(parts: Sequence[Segment]) -> list[bytes]:
    """What the packages say together. Where each begins with a time they are as many data areas; else they are one, cut
    anywhere: where one ends with a whole item and the next begins with one a semicolon parts them."""
    if all(part.content.startswith(b"DataTime=") for part in parts):
        return [part.content for part in parts]
    whole = parts[0].content
    for part in parts[1:]:
        cut_between = _ITEMS.fullmatch(whole) and _ITEMS.fullmatch(part.content) and whole[-1:] != b";"
        whole += (b";" if cut_between else b"") + part.content
    return [whole]
