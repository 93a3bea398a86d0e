"""Steps that need approval: what was asked waits on the case until everyone in the chain has agreed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from gezhi.cases.deadlines import size_of
from gezhi.cases.procedure import ROLE_WORDS, Given, Refused
from gezhi.packs.shapes import Approval, Procedure, Transition


@dataclass(frozen=True, slots=True)
class Asked:
    """`agreed`: how many links of the chain have agreed. `at`: ISO 8601. `accounts`: who asked and who agreed."""

    step: str
    given: Given
    at: str
    agreed: int
    accounts: tuple[int, ...]

    def plain(self) -> dict[str, object]:
        given = {name: value for name, value in asdict(self.given).items() if value}
        return {
            "step": self.step,
            "given": given,
            "at": self.at,
            "agreed": self.agreed,
            "accounts": [*self.accounts],
        }


def asked_from(plain: Mapping[str, object] | None) -> Asked | None:
    if plain is None:
        return None
    given = plain["given"]
    accounts = plain["accounts"]
    assert isinstance(given, dict)
    assert isinstance(accounts, list)
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return Asked(
        str(plain["step"]),
        Given(**{**given, **lists}),
        str(plain["at"]),
        int(str(plain["agreed"])),
        tuple(accounts),
    )


def chain_of(step: Transition, given: Given) -> Sequence[Approval]:
    """Who must agree, in order. A link with `above` is asked only for a longer length."""
    return [
        link
        for link in step.approve
        if link.above is None or (given.length and size_of(given.length) > size_of(link.above))
    ]


def ask(
    step: Transition, given: Given, roles: frozenset[str], account_id: int | None, at: datetime
) -> Asked | None:
    """What waits now; None when the step takes effect at once, whoever takes it being the whole chain."""
    chain = chain_of(step, given)
    agreed = 1 if chain and chain[0].by in roles else 0
    if agreed == len(chain):
        return None
    return Asked(step.key, given, at.isoformat(), agreed, () if account_id is None else (account_id,))


def agree(
    asked: Asked | None, procedure: Procedure, roles: frozenset[str], account_id: int | None
) -> tuple[Transition, Asked | None]:
    """The step that was asked for, and what still waits; None: everyone has agreed. Raises Refused."""
    known = _waiting(asked)
    step = next(one for one in procedure.transitions if one.key == known.step)
    chain = chain_of(step, known.given)
    link = chain[known.agreed]
    if link.by not in roles:
        raise Refused(
            "not-your-turn",
            f"“{step.title.zh}”的申请现由{ROLE_WORDS[link.by]}审批。",
            f"The request for '{step.key}' now waits for a {link.by}.",
        )
    if account_id in known.accounts:
        raise Refused(
            "own-request",
            "不能审批自己的申请，请由另一人审批。",
            "Nobody approves their own request, or twice. Another person must.",
        )
    agreed = replace(
        known, agreed=known.agreed + 1, accounts=(*known.accounts, *([account_id] if account_id else []))
    )
    return step, None if agreed.agreed == len(chain) else agreed


def deny(
    asked: Asked | None, procedure: Procedure, roles: frozenset[str], account_id: int | None
) -> Transition:
    """The step that is not to be: whoever's turn it is says no, or whoever asked takes it back. Raises Refused."""
    known = _waiting(asked)
    if account_id is not None and known.accounts[:1] == (account_id,):
        return next(one for one in procedure.transitions if one.key == known.step)
    return agree(asked, procedure, roles, account_id)[0]


def _waiting(asked: Asked | None) -> Asked:
    if asked is None:
        raise Refused("nothing-asked", "案件没有待审批的申请。", "Nothing waits for approval in this case.")
    return asked
