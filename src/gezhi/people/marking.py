"""Who may mark the quality of a contractor's work: a verifier of whoever ordered it, or of a place above. Pure."""

from typing import Protocol

from gezhi.lib.codes import is_within

VERIFIER = "verifier"


class HeldPost(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def place_code(self) -> str: ...


class Holder(Protocol):
    @property
    def posts(self) -> "tuple[HeldPost, ...]": ...


def may_mark(holder: Holder, ordered_by: int, place_code: str) -> bool:
    """`ordered_by`: the unit that ordered the work, `place_code`: where it sits."""
    return any(
        post.role == VERIFIER and (post.unit_id == ordered_by or is_within(place_code, post.place_code))
        for post in holder.posts
    )
