"""What a contractor is owed for a case that was verified. Pure."""

from dataclasses import dataclass

from gezhi.people.contracts import PER_MATTER


@dataclass(frozen=True, slots=True)
class Price:
    """Of one contract. `cents`: for one matter, or for the whole term."""

    contract_id: int
    unit_id: int
    kind: str
    cents: int


def charge_of(price: Price, *, paid: bool) -> int | None:
    """Cents owed now; None: nothing. `paid`: this contract was charged for this case before.

    A case that was reopened or overturned is mended at the contractor's own cost.
    """
    return price.cents if price.kind == PER_MATTER and not paid else None
