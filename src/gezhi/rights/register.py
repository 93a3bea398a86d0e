"""The register of personal information, written from the tags. Pure."""

from collections.abc import Iterator
from typing import Final

from gezhi.lib.personal import (
    RETENTIONS,
    Basis,
    Grade,
    Name,
    Personal,
    Retention,
    Since,
    Whose,
)
from gezhi.people.purposes import PURPOSES
from gezhi.rights.tags import Tags

WHOSE: Final[dict[Whose, Name]] = {
    Whose.REPORTER: ("反映人", "Reporters"),
    Whose.VISITED: ("走访对象", "Those who are called at"),
    Whose.ANYONE: ("文字里提到的任何人", "Anybody named in free text"),
    Whose.STAFF: ("工作人员", "Staff"),
}
GRADES: Final[dict[Grade, Name]] = {
    Grade.OPEN: ("公开", "open"),
    Grade.INSIDE: ("内部", "inside"),
    Grade.PERSONAL: ("个人信息", "personal"),
    Grade.SENSITIVE: ("敏感个人信息", "sensitive"),
}
SINCE: Final[dict[Since, Name]] = {
    Since.CLOSED: ("办结之后", "after the matter is closed"),
    Since.SENT: ("发出之后", "after it is sent"),
    Since.MADE: ("记录之后", "after it is recorded"),
    Since.ENDED: ("用完之后", "after it has been used"),
    Since.LEFT: ("离岗之后", "after leaving the post"),
}
_HEAD: Final = """# Register of personal information 个人信息台账

Written by `gezhi rights register` from the tags that each app keeps beside its tables (`personal.py`); a house test
compares it with them, and the tags with the columns of the database. Residents read the same in their own words on the
page "what we keep of you". Days are the packs' defaults; the parameters `keep.*` of the pack `rights` rule a node.

"""
_TABLE: Final = "| column | 内容 what | for | basis | grade | kept |\n|---|---|---|---|---|---|\n"


def register(tags: Tags) -> str:
    """Markdown."""
    return _HEAD + "\n".join([*_bases(tags), *_lengths(), *_sections(tags)])


def kept_for(retention: Retention, days: int | None) -> Name:
    """How long, in words. `days`: in force."""
    if days is None:
        return retention.source
    zh, en = SINCE[retention.since]
    return f"{zh} {days} 天", f"{days} day{'s' * (days != 1)} {en}"


def bases_of(tags: Tags) -> list[Basis]:
    """In the order in which the tags first name them."""
    return list(dict.fromkeys(tag.basis for tag in tags.columns.values()))


def _bases(tags: Tags) -> Iterator[str]:
    yield "## Bases 依据\n"
    for number, basis in enumerate(bases_of(tags), start=1):
        yield f"- **B{number}** {basis.law[1]} — {basis.duty[1]}. {basis.law[0]}——{basis.duty[0]}。"
    yield ""


def _lengths() -> Iterator[str]:
    yield "## Lengths of keeping 保留期限\n"
    yield "| name | days | from | what is law and what is local |\n|---|---|---|---|"
    for one in RETENTIONS:
        days = "" if one.days is None else str(one.days)
        yield f"| `{one.parameter}` | {days} | {SINCE[one.since][1]} | {one.source[1]} |"
    yield ""


def _sections(tags: Tags) -> Iterator[str]:
    bases = {basis: f"B{number}" for number, basis in enumerate(bases_of(tags), start=1)}
    for whose, (zh, en) in WHOSE.items():
        rows = [_row(key, tag, bases) for key, tag in tags.columns.items() if tag.subject is whose]
        yield f"## {en} {zh}\n"
        yield _TABLE + "\n".join(rows) + "\n"


def _row(key: str, tag: Personal, bases: dict[Basis, str]) -> str:
    zh, en = tag.what
    purposes = ", ".join(PURPOSES[purpose].en for purpose in tag.purpose)
    grade = f"{tag.grade.value} {GRADES[tag.grade][1]}"
    return f"| `{key}` | {zh} {en} | {purposes} | {bases[tag.basis]} | {grade} | `{tag.retention.key}` |"
