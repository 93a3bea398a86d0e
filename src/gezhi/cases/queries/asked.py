"""A step as it was asked for, seen from what reads for it."""

from typing import Protocol

from gezhi.people.access import Actor


class Asked(Protocol):
    @property
    def case_id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def who(self) -> "AskedBy": ...
    @property
    def given(self) -> "AskedWith": ...


class AskedWith(Protocol):
    @property
    def evidence(self) -> tuple[str, ...]: ...


class AskedBy(Protocol):
    @property
    def actor(self) -> Actor | None: ...
    @property
    def report_id(self) -> int | None: ...
    @property
    def account_id(self) -> int | None: ...
