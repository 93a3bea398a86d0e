"""Where the next page begins. Lists in their own order, and observations by time, go on after the last row's key, which
costs the same on every page; others skip. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from gezhi.exchange.sensorthings.asking import Asked
from gezhi.exchange.sensorthings.entities import instant
from gezhi.exchange.sensorthings.expressions import BadQuery, Kind, Path
from gezhi.exchange.sensorthings.values import Sql

_BY_TIME: Final = Path(("phenomenonTime",))
_MS: Final = "(extract(epoch from {t}.at) * 1000)::bigint"
_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Paging:
    """`by_key`: by the key of the last row; otherwise by the number of rows. `skip`, `options`: of this page."""

    by_key: bool
    is_reading: bool
    by_time: bool
    descending: bool
    skip: int
    options: Mapping[str, str]

    def columns(self, alias: str) -> list[str]:
        """What a row's key is made of, after its id."""
        return [f"{alias}.datastream_id", _MS.replace("{t}", alias)] if self.is_reading else []

    def order(self, alias: str) -> list[str]:
        names = ["at", "datastream_id"] if self.by_time else ["datastream_id", "at"]
        turn = " DESC" if self.descending else ""
        return [f"{alias}.{name}{turn}" for name in names] if self.is_reading else [f"{alias}.id"]

    def token_of(self, key: Sequence[object]) -> str:
        return ".".join(str(one) for one in (key[1:] if self.is_reading else key))

    def from_token(self, token: str, alias: str) -> Sql:
        """True of rows after the one that the token names. Raises BadQuery."""
        parts = token.split(".")
        numbers = [int(one) for one in parts if one.isascii() and one.isdigit() and len(one) < 20]
        if not self.by_key or len(numbers) != len(parts) or len(parts) != 1 + self.is_reading:
            raise BadQuery("$skiptoken is of no page of this list. Begin without it.")
        if not self.is_reading:
            return Sql(Kind.BOOL, f"{alias}.id > %s", (min(numbers[0], _LARGEST - 1),))
        series, at = min(numbers[0], 2**31 - 1), instant(min(numbers[1], 4_000_000_000_000))
        sign = "<" if self.descending else ">"
        if self.by_time:
            return Sql(Kind.BOOL, f"({alias}.at, {alias}.datastream_id) {sign} (%s, %s)", (at, series))
        return Sql(Kind.BOOL, f"({alias}.datastream_id, {alias}.at) {sign} (%s, %s)", (series, at))

    def begins(self, token: str) -> datetime:
        """When the row is that the token names: a list of one datastream's readings goes on from there. Raises
        BadQuery."""
        at = self.from_token(token, "t").params[0 if self.by_time else 1]
        assert isinstance(at, datetime)
        return at

    def after(self, rows: int, token: str = "") -> str:
        """The options of the page after one of so many rows."""
        kept = {name: value for name, value in self.options.items() if name not in ("$skip", "$skiptoken")}
        more = {"$skiptoken": token} if token else {"$skip": str(self.skip + rows)}
        return "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in {**kept, **more}.items())


_SAFE: Final = "()$,;/:@'*"


def paging(asked: Asked) -> Paging:
    is_reading = asked.entity.is_reading
    by_time = is_reading and len(asked.orderby) == 1 and asked.orderby[0][0] == _BY_TIME
    return Paging(
        by_key=not asked.orderby or by_time,
        is_reading=is_reading,
        by_time=by_time,
        descending=by_time and asked.orderby[0][1],
        skip=asked.skip,
        options=asked.texts,
    )
