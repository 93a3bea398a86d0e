"""Of whom a second factor is asked, and which keys of other systems somebody may make. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

OFF, OFFERED, REQUIRED = "off", "offered", "required"
# Those whose work shows them personal data of many, or a whole city: all but who handles what is theirs.
WIDE_ROLES: Final = frozenset(
    {"operator", "dispatcher", "verifier", "supervisor", "leader", "data-steward", "auditor", "administrator"}
)
ROLES: Final = WIDE_ROLES | {"handler", "grid-worker"}


class NoPolicy(ValueError):
    """GEZHI_SECOND_FACTOR is {text!r}; it may be off, offered, required, or roles with commas such as
    administrator,auditor."""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`offered` False: nobody is asked to set one up. `roles`: who cannot go on without one."""

    offered: bool
    roles: frozenset[str]

    def demanded_of(self, roles: Iterable[str]) -> bool:
        return not self.roles.isdisjoint(roles)


def second_factor_in(text: str) -> SecondFactor:
    """The setting's meaning. Raises NoPolicy."""
    if text in (OFF, OFFERED, REQUIRED):
        return SecondFactor(text != OFF, WIDE_ROLES if text == REQUIRED else frozenset())
    roles = frozenset(part.strip() for part in text.split(","))
    if not roles <= ROLES:
        raise NoPolicy(text)
    return SecondFactor(True, roles)


REPORT, READ, ACT, CONTACT = "report", "read", "act", "contact"
SENSE, EXPORT, AUDIT, SECURITY = "sense", "export", "audit", "security"
SCOPES: Final = (REPORT, READ, ACT, CONTACT, SENSE, EXPORT, AUDIT, SECURITY)
LONGEST: Final = 365  # days of a key
# A key may do what its owner's posts allow, and of that only what its scopes name. These need a post that gives:
NEEDED: Final[Mapping[str, str]] = {
    CONTACT: "contact",
    EXPORT: "export",
    AUDIT: "audit",
    SECURITY: "security",
}


def scopes_for(permissions: Iterable[str]) -> tuple[str, ...]:
    """The scopes that a person with these permissions may put on a key."""
    held = set(permissions)
    return tuple(scope for scope in SCOPES if scope not in NEEDED or NEEDED[scope] in held)
