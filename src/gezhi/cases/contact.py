"""How to reach whoever reported: what of it there is, how sensitive, how it reads behind a mask, and for whom there is
not even a mask. Pure.

Minimal display (PIPL art. 6 and 19): whoever works on the matter is shown a mask, and may lift it; units that were only
called in are shown nothing. A category may hide who reported (举报): whoever it is about must not learn who told, so
only those who speak with callers or send their matters on see a mask.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from gezhi.cases.personal import TAGS
from gezhi.lib.personal import Grade
from gezhi.packs.shapes import Closing, Kind, Procedure

_TABLE: Final = "cases_reporter."
FIELDS: Final[dict[str, Grade]] = {name: TAGS[_TABLE + name].grade for name in ("name", "phone", "email")}
_NUMBERS: Final = re.compile(
    r"(?<![\w.])(?:"
    r"\d{17}[\dXx]"  # identity number, GB 11643
    r"|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"  # mobile telephone
    r"|0\d{2,3}-\d{7,8}"  # land line with its area
    r")(?!\w)",
    re.ASCII,
)
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)


CLEARED: Final = frozenset({"operator", "dispatcher"})  # speak with callers, or send their matters on
OTHERS: Final = frozenset({"partner"})  # of units that were called in
HANDLER: Final = frozenset({"handler"})


class Sight(IntEnum):
    HIDDEN = 0
    MASKED = 1


def sight_of(roles: Collection[str], *, shielded: bool, emergency: bool = False) -> Sight:
    """`roles`: those that a person has towards the case; `shielded`: its category hides who reported; `emergency`: it
    was opened in one."""
    if emergency or CLEARED.intersection(roles):
        return Sight.MASKED
    return Sight.MASKED if not shielded and set(roles) - OTHERS else Sight.HIDDEN


def needs_contact(procedure: Procedure, closing: Closing | None) -> bool:
    """Whether handlers answer the reporter themselves, or a closing asks that every reporter was told. Elsewhere they
    work without knowing who reported."""
    answers = any(step.kind is Kind.REPLY and "handler" in step.by for step in procedure.transitions)
    return answers or bool(closing and closing.answered)


@dataclass(frozen=True, slots=True)
class Contact:
    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Those that were left."""
        return tuple(name for name in FIELDS if getattr(self, name).strip())

    @property
    def grade(self) -> Grade:
        return max((FIELDS[name] for name in self.fields), default=Grade.OPEN)

    def masked(self) -> "Contact":
        return Contact(masked_name(self.name), masked_phone(self.phone), masked_mail(self.email))


def masked_name(name: str) -> str:
    """王**: how to address a person, not who it is."""
    return f"{name.strip()[0]}**" if name.strip() else ""


def masked_phone(phone: str) -> str:
    """138****1234, ****5678: enough to tell callers apart, not enough to call."""
    digits = "".join(filter(str.isdigit, phone))
    if len(digits) < 8:
        return "****" if digits else ""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 10 else f"****{digits[-4:]}"


def masked_mail(email: str) -> str:
    """z***@example.org"""
    name, at, host = email.strip().partition("@")
    return f"{name[:1]}***@{host}" if at else ("***" if name else "")


def masked_text(text: str) -> str:
    """Without the telephone and identity numbers and the addresses that people write into what they report."""
    plain = _NUMBERS.sub(lambda found: masked_phone(found.group()), text)
    return _MAIL.sub(lambda found: masked_mail(found.group()), plain)
