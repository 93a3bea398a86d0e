"""Whose account an administrator may look after. Pure."""

from collections.abc import Iterable

from gezhi.lib.codes import is_within


def may_look_after(me: int, mine: Iterable[str], account_id: int, theirs: Iterable[str]) -> bool:
    """`mine`: the places of my posts as administrator; `theirs`: those of all posts that they hold or will hold.
    Nobody looks after their own account, nor after one with a post outside their places."""
    reach = tuple(mine)
    return (
        me != account_id
        and bool(reach)
        and all(any(is_within(place, one) for one in reach) for place in theirs)
    )
