"""What is kept of people, said of every column: what it is, whose, for what, on which basis, for how long. Pure.

Each app says it of its own tables in `personal.py`:

    TAGS    "table.column" -> Personal
    PLAIN   table -> the columns of texts, JSON, bytes and degrees that say nothing of anybody
    HELD    table -> Held: whose rows these are, when their time begins, what is left of them at its end; not needed
            where nothing is tagged

A house test reads the columns from the database itself, so that none escapes; the register, a person's copy, the
erasing and the retention jobs are driven by the same tags.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

Name = tuple[str, str]  # zh, en


class Grade(IntEnum):
    """How much harm a column does in the wrong hands."""

    OPEN = 1
    INSIDE = 2
    PERSONAL = 3
    SENSITIVE = 4


class Whose(StrEnum):
    """Of whom a column speaks. ANYONE: free text, in which somebody may be named."""

    REPORTER = "reporter"
    STAFF = "staff"
    VISITED = "visited"
    ANYONE = "anyone"


class Since(StrEnum):
    """The instant from which a length of keeping counts."""

    CLOSED = "closed"
    SENT = "sent"
    MADE = "made"
    ENDED = "ended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Basis:
    """Why it may be kept. `law`: the article; `duty`: what makes it apply here."""

    law: Name
    duty: Name


@dataclass(frozen=True, slots=True)
class Retention:
    """`days` after `since`; None: no end of its own. The parameter `keep.<key>` of the pack `rights` rules where it
    is published; `days` holds without one. `source`: what is law in it and what a city sets."""

    key: str
    days: int | None
    since: Since
    source: Name

    @property
    def parameter(self) -> str:
        return f"keep.{self.key}"


@dataclass(frozen=True, slots=True)
class Personal:
    """A column. `what`: as whoever it speaks of would call it. `purpose`: of the closed list of purposes. `secret`: a
    copy says that it is there and does not show it, which would open a way in for others."""

    what: Name
    purpose: tuple[str, ...]
    basis: Basis
    grade: Grade
    retention: Retention
    subject: Whose
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """How the rows of a table `t` hang together with people, as SQL; "" where they do not. `name`: what residents call
    such a row.

    `reporter`: true of rows of a person's reports; may use %(reports)s, %(cases)s, %(phone)s, %(channel)s,
    %(digest)s.
    `staff`: true of rows of one account, %(account)s. `visited`: true of rows of a subject whose people left this
    number, %(phone)s.
    `about`: true of rows in which others wrote about a person's matter, %(cases)s; there a person's name, numbers
    and addresses are blotted out.
    `names_in`: columns in which anybody may be named whatever the row hangs on, such as the words of a search; what
    becomes of one that names somebody who is erased: blot, empty (with the row's salt), or delete the row.
    `begins`: for each Since that the tags of the table name, the instant; NULL: not yet.
    `delete`: at the end of its time, or when it is erased, the row goes as a whole; otherwise its columns are emptied.
    `lasts`: true of rows that a law keeps whatever a person asks; `why` says which.
    `blanks`: what an emptied column holds where that is not the empty value of its type.
    `context`: columns that a copy shows beside the tagged ones.
    """

    name: Name = ("", "")
    reporter: str = ""
    staff: str = ""
    visited: str = ""
    about: str = ""
    names_in: Mapping[str, str] = field(default_factory=dict)
    begins: Mapping[Since, str] = field(default_factory=dict)
    delete: bool = False
    lasts: str = ""
    why: Name = ("", "")
    blanks: Mapping[str, str] = field(default_factory=dict)
    context: tuple[str, ...] = ()


_LOCAL: Final[Name] = (
    "期限由本市规定，可在参数页调整；法律只要求为实现目的所必要的最短时间（个人信息保护法第十九条）",
    "A local parameter that the city sets; the law asks for the shortest time that the purpose needs (PIPL art. 19)",
)
_LOGS: Final[Name] = (
    "法律要求网络日志不少于六个月（网络安全法）；更长的部分由本市规定",
    "The law asks for at least six months of logs (Cybersecurity Law); what is longer is the city's own",
)
_STAFF: Final[Name] = (
    "在岗期间；离岗后仅随办件记录保留",
    "While in post; afterwards only with the record of what was done",
)
_RECORD: Final[Name] = (
    "随公务记录长期保留，依据档案法及本市的归档范围",
    "With the record of the office, by the Archives Law and the city's schedule",
)

CONTACT: Final = Retention("contact", 365, Since.CLOSED, _LOCAL)
STORY: Final = Retention("story", 1825, Since.CLOSED, _LOCAL)
PICTURES: Final = Retention("pictures", 1095, Since.CLOSED, _LOCAL)
ANSWERS: Final = Retention("answers", 365, Since.SENT, _LOCAL)
FILES: Final = Retention("files", 30, Since.ENDED, _LOCAL)
LESSONS: Final = Retention("lessons", 1095, Since.MADE, _LOCAL)
TALK: Final = Retention("talk", 365, Since.CLOSED, _LOCAL)
VISITS: Final = Retention("visits", 1095, Since.ENDED, _LOCAL)
LOOKS: Final = Retention("looks", 1095, Since.MADE, _LOGS)
LOGS: Final = Retention("logs", 365, Since.MADE, _LOGS)
SIGN_IN: Final = Retention("sign-in", 1, Since.ENDED, _LOCAL)
IN_POST: Final = Retention("in-post", None, Since.LEFT, _STAFF)
RECORD: Final = Retention("record", None, Since.MADE, _RECORD)
RETENTIONS: Final = (
    *(CONTACT, STORY, PICTURES, ANSWERS, FILES, LESSONS, TALK, VISITS, LOOKS, LOGS, SIGN_IN),
    *(IN_POST, RECORD),
)

_STATUTORY: Final[Name] = (
    "个人信息保护法第十三条第一款第三项：为履行法定职责所必需",
    "PIPL art. 13(1)(3): needed for a duty set by law",
)
_CONSENT: Final[Name] = (
    "个人信息保护法第十三条第一款第一项：本人同意",
    "PIPL art. 13(1)(1): the person's consent",
)
_HR: Final[Name] = (
    "个人信息保护法第十三条第一款第二项：依法实施人力资源管理所必需",
    "PIPL art. 13(1)(2): needed to manage staff by law",
)

HANDLING_DUTY: Final = Basis(
    _STATUTORY,
    (
        "受理、办理、答复群众诉求和城市管理事项",
        "Taking up, handling and answering what residents say and matters of the city",
    ),
)
GIVEN_FREELY: Final = Basis(
    _CONSENT,
    (
        "自愿留下，不留也照常受理；随时可以撤回",
        "Left freely; reports are taken without it, and it may be withdrawn at any time",
    ),
)
SECURITY_DUTY: Final = Basis(
    _STATUTORY,
    (
        "网络安全法、个人信息保护法第五十一条要求的日志、审计和防护",
        "Logs, audit and protection that the Cybersecurity Law and PIPL art. 51 ask for",
    ),
)
RIGHTS_DUTY: Final = Basis(
    _STATUTORY,
    (
        "受理和答复个人行使权利的请求（个人信息保护法第五十条）",
        "Taking up and answering requests about personal rights (PIPL art. 50)",
    ),
)
SUPERVISION_DUTY: Final = Basis(
    _STATUTORY,
    ("对办理单位的督办、考核和公开", "Supervising, appraising and publishing what units do"),
)
SERVICE: Final = Basis(
    _HR, ("按岗位履行公务、留下责任记录", "Doing the office's work in a post, with a record of who answers")
)


def of_reporter(
    zh: str,
    en: str,
    retention: Retention,
    grade: Grade = Grade.PERSONAL,
    basis: Basis = HANDLING_DUTY,
    purpose: tuple[str, ...] = ("handling",),
) -> Personal:
    return Personal((zh, en), purpose, basis, grade, retention, Whose.REPORTER)


def of_staff(
    zh: str,
    en: str,
    retention: Retention = RECORD,
    grade: Grade = Grade.INSIDE,
    basis: Basis = SERVICE,
    purpose: tuple[str, ...] = ("supervision", "audit"),
) -> Personal:
    return Personal((zh, en), purpose, basis, grade, retention, Whose.STAFF)


def in_words(
    zh: str,
    en: str,
    retention: Retention = STORY,
    basis: Basis = HANDLING_DUTY,
    purpose: tuple[str, ...] = ("handling",),
) -> Personal:
    """Free text, in which anybody may be named."""
    return Personal((zh, en), purpose, basis, Grade.PERSONAL, retention, Whose.ANYONE)


def of_visited(zh: str, en: str, grade: Grade = Grade.PERSONAL, retention: Retention = VISITS) -> Personal:
    return Personal((zh, en), ("handling",), HANDLING_DUTY, grade, retention, Whose.VISITED)
