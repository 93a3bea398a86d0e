"""Steps that need approval: what was asked waits on the case until everyone in the chain has agreed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from gezhi.cases.deadlines import size_of
from gezhi.cases.procedure import ROLE_WORDS, Given, Refused, Standing, is_own_work, own_work_refused
from gezhi.packs.shapes import Approval, Procedure, Transition
from gezhi.people.duties_apart import Doer, acting_apart


@dataclass(frozen=True, slots=True)
class Asked:
    """`agreed`: how many links of the chain have agreed. `at`: ISO 8601. `accounts`: who asked and who agreed;
    `stood_for`: for whom each of them did, 0 for nobody."""

    step: str
    given: Given
    at: str
    agreed: int
    accounts: tuple[int, ...]
    stood_for: tuple[int, ...] = ()

    @property
    def hands(self) -> frozenset[int]:
        return frozenset({*self.accounts, *self.stood_for} - {0})

    @property
    def asked_for(self) -> int | None:
        """Whose post gave the request, if not that of whoever asked."""
        return next(iter(self.stood_for), 0) or None

    def plain(self) -> dict[str, object]:
        given = {name: value for name, value in asdict(self.given).items() if value}
        return {
            "step": self.step,
            "given": given,
            "at": self.at,
            "agreed": self.agreed,
            "accounts": [*self.accounts],
            **({"stood_for": [*self.stood_for]} if any(self.stood_for) else {}),
        }


def asked_from(plain: Mapping[str, object] | None) -> Asked | None:
    if plain is None:
        return None
    given = plain["given"]
    accounts = plain["accounts"]
    assert isinstance(given, dict)
    stood_for = plain.get("stood_for", [0] * len(accounts)) if isinstance(accounts, list) else []
    assert isinstance(accounts, list)
    assert isinstance(stood_for, list)
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return Asked(
        str(plain["step"]),
        Given(**{**given, **lists}),
        str(plain["at"]),
        int(str(plain["agreed"])),
        tuple(accounts),
        tuple(stood_for),
    )


def chain_of(step: Transition, given: Given) -> Sequence[Approval]:
    """Who must agree, in order. A link with `above` is asked only for a longer length."""
    return [
        link
        for link in step.approve
        if link.above is None or (given.length and size_of(given.length) > size_of(link.above))
    ]


def ask(step: Transition, given: Given, doer: Doer, role: str, at: datetime) -> Asked | None:
    """What waits now; None when the step takes effect at once, whoever takes it being the whole chain by a post of
    their own. `role`: in which it is asked for."""
    chain = chain_of(step, given)
    agreed = 1 if chain and chain[0].by in doer.roles and doer.for_id(chain[0].by) is None else 0
    if agreed == len(chain):
        return None
    who = () if doer.account_id is None else (doer.account_id,)
    return Asked(step.key, given, at.isoformat(), agreed, who, (doer.for_id(role) or 0,) if who else ())


def agree(
    asked: Asked | None, procedure: Procedure, doer: Doer, standing: Standing
) -> tuple[Transition, Asked | None]:
    """The step that was asked for, and what still waits; None: everyone has agreed. What somebody may not do alone
    they do not agree to either. Raises Refused."""
    known = _waiting(asked)
    step = next(one for one in procedure.transitions if one.key == known.step)
    chain = chain_of(step, known.given)
    link = chain[known.agreed]
    if link.by not in doer.roles:
        raise Refused(
            "not-your-turn",
            f"“{step.title.zh}”的申请现由{ROLE_WORDS[link.by]}审批。",
            f"The request for '{step.key}' now waits for a {link.by}.",
        )
    acting = doer.hands(link.by)
    if not acting_apart(acting, known.hands):
        raise Refused(
            "own-request",
            "不能审批自己的申请，请由另一人审批。",
            "Nobody approves their own request, or twice. Another person must.",
        )
    if is_own_work(step, standing, acting):
        raise own_work_refused(step)
    agreed = _one_more(known, doer.account_id, doer.for_id(link.by))
    return step, None if agreed.agreed == len(chain) else agreed


def _one_more(known: Asked, account_id: int | None, for_id: int | None) -> Asked:
    if account_id is None:
        return replace(known, agreed=known.agreed + 1)
    accounts, stood_for = (*known.accounts, account_id), (*known.stood_for, for_id or 0)
    return replace(known, agreed=known.agreed + 1, accounts=accounts, stood_for=stood_for)


def deny(asked: Asked | None, procedure: Procedure, doer: Doer, standing: Standing) -> Transition:
    """The step that is not to be: whoever's turn it is says no, or whoever asked takes it back. Raises Refused."""
    known = _waiting(asked)
    if doer.account_id is not None and known.accounts[:1] == (doer.account_id,):
        return next(one for one in procedure.transitions if one.key == known.step)
    return agree(asked, procedure, doer, standing)[0]


def _waiting(asked: Asked | None) -> Asked:
    if asked is None:
        raise Refused("nothing-asked", "案件没有待审批的申请。", "Nothing waits for approval in this case.")
    return asked
