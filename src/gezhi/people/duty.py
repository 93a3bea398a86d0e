"""Grade x purpose: when personal data may be looked at, and what must be said first. Pure.

What a role reaches (role x jurisdiction) is shown with contact data masked. A mask is lifted for a purpose of the
closed list; for sensitive data, or outside of what a role's duty is, with a reason besides.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gezhi.lib.personal import Grade
from gezhi.lib.refused import Refused
from gezhi.people.purposes import (
    CALLBACK,
    HANDLING,
    PURPOSES,
    RIGHTS,
    SECURITY,
    SUPERVISION,
    VERIFYING,
)

SHOWN: Final = timedelta(minutes=15)  # one person, one case
LONGEST_REASON: Final = 300
CONTACT_FOR: Final = (HANDLING, VERIFYING, CALLBACK, SUPERVISION, RIGHTS, SECURITY)
DUTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "operator": (CALLBACK, HANDLING),
    "dispatcher": (HANDLING,),
    "handler": (HANDLING,),
    "partner": (HANDLING,),
    "grid-worker": (HANDLING, VERIFYING),
    "verifier": (VERIFYING, CALLBACK),
    "supervisor": (SUPERVISION, CALLBACK),
    "leader": (SUPERVISION,),
    "data-steward": (RIGHTS,),
    "administrator": (SECURITY,),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Why somebody wants to see. `declared`: the page that they work on says the purpose, as the page of a call does;
    nobody has to repeat it."""

    purpose: str
    reason: str = ""
    declared: bool = False


def purposes_of(roles: Collection[str]) -> list[str]:
    """Those for which a mask may be lifted; what these roles are for stands first."""
    own = [purpose for role in sorted(roles) for purpose in DUTIES.get(role, ())]
    return list(dict.fromkeys([*own, *CONTACT_FOR]))


def is_duty(roles: Collection[str], purpose: str) -> bool:
    return any(purpose in DUTIES.get(role, ()) for role in roles)


def needs_reason(wish: Wish, grade: Grade, roles: Collection[str]) -> bool:
    if not is_duty(roles, wish.purpose):
        return True
    return grade >= Grade.SENSITIVE and not wish.declared


def require_look(wish: Wish, grade: Grade, roles: Collection[str]) -> None:
    """`roles`: towards the matter; none for what was opened in an emergency. Raises Refused."""
    if wish.purpose not in PURPOSES:
        raise Refused(
            "unknown-purpose",
            "请从列表中选择查看的目的。",
            f"'{wish.purpose[:40]}' is not a purpose. Choose one of {', '.join(CONTACT_FOR)}.",
        )
    if wish.purpose not in CONTACT_FOR:
        raise Refused(
            "no-contact-for-this",
            f"“{PURPOSES[wish.purpose].zh}”不需要知道诉求人是谁。",
            f"'{wish.purpose}' needs nobody's contact data.",
        )
    if needs_reason(wish, grade, roles) and not wish.reason.strip():
        raise Refused(
            "reason-needed",
            "这是敏感个人信息，或超出您岗位的职责，请写明理由。",
            "These data are sensitive, or outside of what your post is for. Say why you need them.",
        )
    if len(wish.reason) > LONGEST_REASON:
        raise Refused(
            "reason-too-long",
            f"理由最多 {LONGEST_REASON} 字。",
            f"A reason has at most {LONGEST_REASON} characters.",
        )
