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
    @property
    def for_id(self) -> int | None: ...


class Holder(Protocol):
    @property
    def posts(self) -> "tuple[HeldPost, ...]": ...


def may_mark(holder: Holder, ordered_by: int, place_code: str) -> bool:
    """`ordered_by`: the unit that ordered the work, `place_code`: where it sits."""
    return marking_post(holder, ordered_by, place_code) is not None


def marking_post(holder: Holder, ordered_by: int, place_code: str) -> HeldPost | None:
    """The post that lets this person mark; one of their own before one that they hold for another."""
    able = (
        post
        for post in holder.posts
        if post.role == VERIFIER and (post.unit_id == ordered_by or is_within(place_code, post.place_code))
    )
    return next(able, None)
