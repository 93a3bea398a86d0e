"""What a document says: a template of the pack, filled in with the facts of a case. Pure.

What was filled in is kept with the document, so that it reads the same whatever changes afterwards.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final

from pydantic import TypeAdapter

from gezhi.cases.contact import masked_text
from gezhi.lib.pdf import Block, Doc, Facts, Footer, Heading, Paragraph, Signatures, Table
from gezhi.packs.placeholders import filled
from gezhi.packs.shapes import Block as Part
from gezhi.packs.shapes import DocumentTemplate, Words

Name = tuple[str, str]  # zh, en

EVERYBODY: Final = Words(zh="各位反映人", en="To all who reported")
SOMEBODY: Final = Words(zh="反映人", en="To whom it concerns")
_STEPS: Final = (("时间", "步骤", "岗位", "单位", "说明"), ("When", "Step", "Role", "Unit", "Words"))
_WIDTHS: Final = (3.4, 2, 1.5, 2.8, 4)


@dataclass(frozen=True, slots=True)
class Voice:
    """Whoever reported; `report_id` None: the case has several reports and the document goes to all."""

    report_id: int | None = None
    name: str = ""
    text: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class Done:
    """A step in the history: never who took it."""

    at: datetime
    title: Name
    role: Name
    unit: Name
    text: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as documents tell it. `answers`: to forms, by field, in the document's language."""

    number: str
    category: Words
    title: str
    address: str
    place: str
    unit: Name
    opened_at: datetime
    due_at: datetime | None
    voice: Voice = Voice()
    answers: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[Done] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, by which unit and with which words a document is issued."""

    at: datetime
    zone: tzinfo
    issuer: Name
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FilledPart:
    heading: str = ""
    text: str = ""
    rows: Sequence[Sequence[str]] = ()
    steps: Sequence[Sequence[str]] = ()
    sign: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """`to` as in the template; `report_id`: the one report that it goes to, None for all of the case."""

    title: str
    language: str
    to: str
    report_id: int | None
    issuer: str
    date: str
    parts: Sequence[FilledPart]
    address: str = ""  # of the page that verifies it

    def as_json(self) -> dict[str, object]:
        return dataclasses.asdict(self)


_FILLED: Final = TypeAdapter(Filled)


def filled_from(kept: Mapping[str, object]) -> Filled:
    """What as_json gave."""
    return _FILLED.validate_python(kept)


def language_of(template: DocumentTemplate, voice: Voice) -> str:
    """A single reporter is written to in the language of the report; everything else is Chinese."""
    alone = template.to == "reporter" and voice.report_id is not None
    return "en" if alone and voice.language.startswith("en") else "zh"


def number_of(template: DocumentTemplate, serial: int, at: datetime, zone: tzinfo) -> str:
    return f"{template.word}〔{at.astimezone(zone).year}〕{serial}号"


def fill(template: DocumentTemplate, matter: Matter, occasion: Occasion) -> Filled:
    language = language_of(template, matter.voice)
    facts = _facts(template, matter, occasion, language)
    parts = [part for part in template.blocks if not part.only_with or facts.get(part.only_with, "").strip()]
    return Filled(
        title=_said(template.title, language),
        language=language,
        to=template.to,
        report_id=matter.voice.report_id if template.to == "reporter" else None,
        issuer=facts["issuer"],
        date=facts["today"],
        parts=[_part(part, facts, matter, occasion, language) for part in parts],
    )


def paper(document: Filled, number: str) -> Doc:
    """A first line that ends in a colon is the salutation. What a unit gets from its centre bears no seal."""
    blocks = [block for part in document.parts for block in _blocks(part, document.language)]
    if blocks and isinstance(blocks[0], Paragraph) and blocks[0].text.rstrip().endswith(("：", ":")):
        blocks[0] = Paragraph(blocks[0].text, indent=False)
    return Doc(
        title=document.title,
        blocks=blocks,
        number=number,
        issuer=document.issuer,
        date=document.date,
        sealed=document.to != "unit",
    )


def footer(document: Filled, code: str) -> Footer:
    return Footer(document.issuer, spaced(code), document.address)


def verification_path(code: str) -> str:
    return f"/verify/{code}/"


def spaced(code: str) -> str:
    """ABCDEFGHJKLM -> ABCD-EFGH-JKLM, as it is read out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _facts(template: DocumentTemplate, matter: Matter, occasion: Occasion, language: str) -> dict[str, str]:
    alone = matter.voice.report_id is not None
    theirs = alone or template.to != "reporter"  # what one reporter said is not told to others
    at, category = language == "en", _said(matter.category, language)
    facts = {
        "number": matter.number,
        "category": category,
        "title": matter.title if theirs else category,
        "address": matter.address,
        "place": matter.place,
        "text": _words(template, matter) if theirs else category,
        "opened_at": _instant(matter.opened_at, occasion.zone, language),
        "due": _instant(matter.due_at, occasion.zone, language) if matter.due_at else "",
        "today": _day(occasion.at, occasion.zone, language),
        "unit": matter.unit[at],
        "issuer": occasion.issuer[at],
        "reason": occasion.reason,
        **{f"form.{key}": answer for key, answer in matter.answers.items()},
    }
    if template.to == "reporter":
        nobody = _said(SOMEBODY if alone else EVERYBODY, language)
        facts["reporter"] = (matter.voice.name.strip() if alone else "") or nobody
    return facts


def _words(template: DocumentTemplate, matter: Matter) -> str:
    """What was reported; numbers by which somebody is reached go to whoever reported alone."""
    if matter.voice.report_id is None:
        return matter.title
    return matter.voice.text if template.to == "reporter" else masked_text(matter.voice.text)


def _day(at: datetime, zone: tzinfo, language: str) -> str:
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d}" if language == "en" else f"{local.year}年{local.month}月{local.day}日"


def _instant(at: datetime, zone: tzinfo, language: str) -> str:
    return f"{_day(at, zone, language)} {at.astimezone(zone):%H:%M}"


def _said(words: Words, language: str) -> str:
    return words.en if language == "en" else words.zh


def _part(
    part: Part, facts: Mapping[str, str], matter: Matter, occasion: Occasion, language: str
) -> FilledPart:
    def told(words: Words | None) -> str:
        return filled(_said(words, language), facts) if words else ""

    return FilledPart(
        heading=told(part.heading),
        text=told(part.text),
        rows=[(told(label), filled(value, facts)) for label, value in part.rows],
        steps=[_line(done, occasion.zone, language == "en") for done in matter.history] if part.steps else (),
        sign=[told(words) for words in part.sign],
    )


def _line(done: Done, zone: tzinfo, at: bool) -> tuple[str, ...]:
    return (
        f"{done.at.astimezone(zone):%Y-%m-%d %H:%M}",
        done.title[at],
        done.role[at],
        done.unit[at],
        done.text,
    )


def _blocks(part: FilledPart, language: str) -> list[Block]:
    blocks: list[Block] = []
    if part.heading:
        blocks.append(Heading(part.heading))
    blocks += [Paragraph(line) for line in part.text.split("\n") if line.strip()]
    if part.rows:
        blocks.append(Facts([(row[0], row[1] or "—") for row in part.rows]))
    if part.steps:
        blocks.append(Table(_STEPS[language == "en"], part.steps, widths=_WIDTHS))
    if part.sign:
        blocks.append(Signatures(part.sign))
    return blocks
