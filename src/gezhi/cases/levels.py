"""Up and down the levels: whose centre holds a case. Pure.

`centres`: the places at which somebody dispatches; levels without one are passed over. None at all: every level counts.
"""

from collections.abc import Set

from gezhi.cases.procedure import Refused
from gezhi.lib.codes import ancestors, is_within


def above(held: str, place: str, root: str, centres: Set[str] = frozenset()) -> str:
    """The next jurisdiction up that has a centre; the node's own always counts. Raises Refused."""
    higher = (up for up in ancestors(held or place) if is_within(up, root))
    found = next((up for up in higher if up == root or not centres or up in centres), "")
    if not found:
        raise Refused(
            "highest",
            "案件已在本节点的最高层级，不能再升级。",
            "The case is at this node's highest level already. Supervise or whistle instead.",
        )
    return found


def below(held: str, place: str, centres: Set[str] = frozenset()) -> str:
    """The next jurisdiction down that has a centre, towards the case's place; "": the place itself. Raises Refused."""
    if not held or held == place:
        raise Refused(
            "lowest",
            "案件已在最低层级，不能再下交。",
            "The case is held at its own place already. Dispatch it instead.",
        )
    chain = [place, *ancestors(place)]
    lower = chain[1 : chain.index(held)][::-1]
    return next((down for down in lower if not centres or down in centres), "")
