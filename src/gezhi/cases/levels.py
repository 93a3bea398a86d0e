"""Up and down the levels: whose centre holds a case. Pure."""

from gezhi.cases.procedure import Refused
from gezhi.lib.codes import ancestors, is_within


def above(held: str, place: str, root: str) -> str:
    """The jurisdiction one level above the one that holds the case, at most the node's own. Raises Refused."""
    up = next(iter(ancestors(held or place)), "")
    if not up or not is_within(up, root):
        raise Refused(
            "highest",
            "案件已在本节点的最高层级，不能再升级。",
            "The case is at this node's highest level already. Supervise or whistle instead.",
        )
    return up


def below(held: str, place: str) -> str:
    """The jurisdiction one level below, towards the case's place; "" once the place itself holds it. Raises Refused."""
    if not held or held == place:
        raise Refused(
            "lowest",
            "案件已在最低层级，不能再下交。",
            "The case is held at its own place already. Dispatch it instead.",
        )
    chain = [place, *ancestors(place)]
    down = chain[chain.index(held) - 1]
    return "" if down == place else down
