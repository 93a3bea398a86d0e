"""Whether document templates say only what is known of a case, and no more of people than they must."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gezhi.packs.checking_references import missing
from gezhi.packs.placeholders import placeholders
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Block, DocumentTemplate, Words

FACTS = (
    *("number", "category", "place", "address", "title", "text", "opened_at", "today", "due"),
    *("unit", "issuer", "reason"),
)
REPORTER = "reporter"  # known only to what is written to the reporter
PARTS = ("heading", "text", "rows", "steps", "sign")
LONGEST = 8000  # characters of one text

_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_BRACES = "{name}, or {{ and }} for braces"


def check_documents(scope: Scope) -> list[Finding]:
    findings: list[Finding] = []
    for index, template in enumerate(scope.pack.documents):
        at = ("documents", index)
        known = _Known(known_placeholders(template), _fields(scope), template.to)
        findings += _procedures(scope, template, at)
        for number, block in enumerate(template.blocks):
            findings += _block(known, block, (*at, "blocks", number))
    return findings


@dataclass(frozen=True)
class _Known:
    facts: tuple[str, ...]
    fields: frozenset[str]  # that `form.` may name
    to: str

    def has(self, name: str) -> bool:
        field = name.removeprefix("form.")
        if field == name or not _FIELD.fullmatch(field):
            return name in self.facts
        return field in self.fields

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.facts, *(f"form.{field}" for field in self.fields))


def _fields(scope: Scope) -> frozenset[str]:
    forms = (form for pack in scope.packs for form in pack.forms)
    return frozenset(field.key for form in forms for group in form.layout for field in group.fields)


def known_placeholders(template: DocumentTemplate) -> tuple[str, ...]:
    """Besides these, `form.` and a field's key."""
    return (*FACTS, REPORTER) if template.to == "reporter" else FACTS


def _procedures(scope: Scope, template: DocumentTemplate, at: Address) -> Iterator[Finding]:
    for place, key in enumerate(template.procedures):
        yield from missing((*at, "procedures", place), "procedure", key, scope.procedures)


def _block(known: _Known, block: Block, at: Address) -> Iterator[Finding]:
    if not any(getattr(block, part) for part in PARTS):
        yield Finding(at, "the block is empty", one_of("", PARTS))
    if block.steps and known.to == "reporter":
        allowed = "steps where 'to' is unit or file; a reporter sees the history on the own page"
        yield Finding((*at, "steps"), "what was done inside goes to a reporter", allowed)
    if block.only_with:
        yield from _unknown(known, {block.only_with}, (*at, "only_with"))
    for words, address in _words(block, at):
        for language in ("zh", "en"):
            yield from _text(known, getattr(words, language), (*address, language))
    for number, (_label, value) in enumerate(block.rows):
        yield from _text(known, value, (*at, "rows", number, 1))


def _words(block: Block, at: Address) -> Iterator[tuple[Words, Address]]:
    """Every text for people of the block, and where it stands."""
    if block.heading:
        yield block.heading, (*at, "heading")
    if block.text:
        yield block.text, (*at, "text")
    for number, (label, _value) in enumerate(block.rows):
        yield label, (*at, "rows", number, 0)
    for number, words in enumerate(block.sign):
        yield words, (*at, "sign", number)


def _text(known: _Known, text: str, at: Address) -> Iterator[Finding]:
    if not text.strip():
        yield Finding(at, "the text is empty", "words or placeholders")
    if len(text) > LONGEST:
        yield Finding(at, f"the text has {len(text)} characters", f"at most {LONGEST}")
    try:
        names = placeholders(text)
    except ValueError:
        yield Finding(at, "a brace is open or closed alone", _BRACES)
        return
    yield from _unknown(known, names, at)


def _unknown(known: _Known, names: set[str], at: Address) -> Iterator[Finding]:
    for name in sorted(names):
        if known.has(name):
            continue
        if name == REPORTER:
            what = f"{{reporter}} in what is written to the {known.to}"
            yield Finding(at, what, "'to: reporter', or no {reporter}")
        else:
            yield Finding(at, f"the placeholder {{{name}}} is not known", one_of(name, known.names))
