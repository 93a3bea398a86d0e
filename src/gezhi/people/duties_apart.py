"""Who may not do two things of one matter: separation of duties, in one place. Pure.

Whoever acts for somebody counts as both: what one of them may not do, the other may not do for them. So handing a post
over gets nobody around a rule.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

HANDLING: Final = frozenset({"handle", "finish", "share"})  # kinds of steps by which somebody handles
HANDLING_ROLES: Final = frozenset(
    {"handler", "partner", "grid-worker"}
)  # who else takes such a step reviews it
FROM_HANDLERS: Final = frozenset({"verify"})  # kinds of steps kept from handlers, whatever a procedure says

GUARDED: Final = frozenset({"leader", "auditor", "administrator"})  # posts that two people give
ALONE: Final = frozenset({"auditor"})  # posts beside which nobody holds another


@dataclass(frozen=True, slots=True)
class Doer:
    """Whoever takes a step: a person (None: the system, or a reporter), the roles towards the matter, and whose post
    gives a role that is not the person's own."""

    account_id: int | None
    roles: frozenset[str]
    whose: Mapping[str, int] = field(default_factory=dict)

    def for_id(self, role: str) -> int | None:
        return self.whose.get(role)

    def hands(self, role: str) -> frozenset[int]:
        """Everybody who acts when this person acts in a role."""
        return hands(self.account_id, self.for_id(role))

    def able(self, by: Iterable[str]) -> list[str]:
        """Of these roles those held, the person's own first."""
        return sorted((role for role in by if role in self.roles), key=lambda role: role in self.whose)


def hands(account_id: int | None, for_id: int | None) -> frozenset[int]:
    return frozenset(one for one in (account_id, for_id) if one is not None)


def own_work(kind: str, last: Collection[int], handlers: Collection[int], acting: Collection[int]) -> bool:
    """Whether one of those who act did, in the same matter, what this kind of step is kept apart from. `last`: who
    took the last step of each kind that the procedure keeps apart; `handlers`: who ever handled."""
    kept_from = {*last, *(handlers if kind in FROM_HANDLERS else ())}
    return not acting_apart(acting, kept_from)


def acting_apart(acting: Collection[int], others: Collection[int]) -> bool:
    return not set(acting) & set(others)


def may_judge(acting_units: Collection[int], judged: int) -> bool:
    """Whoever appraises, marks, or decides an appeal is of another unit than the one that is judged."""
    return judged not in acting_units


def may_grant(acting: Collection[int], asked_by: int, appointed: int, made_by: int | None) -> bool:
    """A guarded post is granted by somebody who neither asked for it, nor gets it, nor opened the account."""
    return acting_apart(acting, hands(asked_by, made_by) | {appointed})


def posts_clash(role: str, others: Collection[str]) -> bool:
    """Whether somebody with these other roles may not hold this one too."""
    return bool(others) and (role in ALONE or bool(ALONE.intersection(others)))
