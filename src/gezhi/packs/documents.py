"""YAML read with line numbers and bounds.

A strict subset: one document, no anchors, aliases, tags or merge keys, no key twice. Only true, false, null,
numbers and dates (2026-07-01) are other than text, so that `no`, `on` and `01001` stay what was written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import yaml

from gezhi.packs.problems import Address

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 16

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

Value = None | bool | int | float | date | str | list["Value"] | dict[str, "Value"]

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Unreadable(Exception):
    """The text is not a document: `line` from 1, `what` is wrong, what is `allowed`."""

    def __init__(self, line: int, what: str, allowed: str) -> None:
        super().__init__(what)
        self.line, self.what, self.allowed = line, what, allowed


@dataclass(frozen=True)
class Document:
    value: Value
    lines: dict[Address, int]

    def line_of(self, address: Address) -> int:
        """The line of the address, or of the nearest thing around it."""
        while address not in self.lines:
            address = address[:-1]
        return self.lines[address]


def read_document(content: bytes) -> Document:
    """Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(0, f"the file has {len(content)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(line, "the text is not UTF-8", "UTF-8 text") from None
    try:
        return _Reader(text).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Unreadable(line, f"not YAML: {error.problem}", "YAML with spaces as indentation") from None
    except yaml.YAMLError as error:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        raise Unreadable(line, "a control character", "printable text") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._lines: dict[Address, int] = {(): 1}

    def document(self) -> Document:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise Unreadable(1, "the file is empty", "a YAML document")
        value = self._value(self._next(), (), 0)
        next(self._events)
        extra = next(self._events)
        if not isinstance(extra, yaml.StreamEndEvent):
            raise Unreadable(_line(extra), "a second document", "one document in a file")
        return Document(value, self._lines)

    def _next(self) -> yaml.Event:
        event = next(self._events)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(_line(event), "anchors and aliases are refused", "each value written out")
        tag = getattr(event, "tag", None)
        if tag:
            raise Unreadable(_line(event), f"the tag {tag} is refused", "plain values without tags")
        return event

    def _value(self, event: yaml.Event, at: Address, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise Unreadable(_line(event), "the nesting is too deep", f"at most {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style else _plain(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(at, depth + 1)
        return self._mapping(at, depth + 1)

    def _sequence(self, at: Address, depth: int) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            here = (*at, len(items))
            self._lines[here] = _line(event)
            items.append(self._value(event, here, depth))
        return items

    def _mapping(self, at: Address, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, entries)
            here = (*at, key)
            self._lines[here] = _line(event)
            entries[key] = self._value(self._next(), here, depth)
        return entries

    def _key(self, event: yaml.Event, entries: dict[str, Value]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise Unreadable(_line(event), "a key that is not text", "text as key")
        key = str(event.value)
        if key in entries:
            raise Unreadable(_line(event), f"the key '{key}' stands here twice", "each key once")
        return key


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _plain(event: yaml.ScalarEvent) -> Value:
    text = str(event.value)
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if not _DATE.fullmatch(text):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(_line(event), f"{text} is no day", "a day such as 2026-07-01") from None
