"""How to reach whoever reported: what of it there is, how sensitive, and how it reads behind a mask. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from gezhi.cases.personal import TAGS
from gezhi.lib.personal import Grade

_TABLE: Final = "cases_report.reporter_"
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
