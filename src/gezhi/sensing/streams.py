"""A datastream as whoever binds names to series needs it. Pure."""

from typing import NamedTuple

from gezhi.packs.units import unit_of


class Stream(NamedTuple):
    """`every`: seconds between two readings, 0: not known. `of` and `kind`: what it measures and of which thing, in the
    words of packs."""

    id: int
    key: str
    code: str
    symbol: str | None
    definition: str | None
    every: int
    of: str
    thing: int
    thing_key: str
    kind: str

    @property
    def unit(self) -> str:
        """The key of its unit in packs, "" for one that they do not know."""
        return unit_of(self.symbol or "", self.definition or "")
