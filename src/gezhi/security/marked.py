"""The rows of an export on their way into a file: rounded as this export rounds, their fingerprint taken. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import tzinfo

from gezhi.security.fingerprints import Fingerprint, Taker
from gezhi.security.rounding import rounded


class Marked:
    """`exact`: columns that are told as they are: a deadline is no second later. Complete once all rows were read."""

    def __init__(self, mark: bytes, secret: bytes, zone: tzinfo, exact: Collection[int] = ()) -> None:
        self._mark, self._zone, self._exact = mark, zone, frozenset(exact)
        self._taker = Taker(secret, zone)

    def lines(self, rows: Iterable[Sequence[object]]) -> Iterator[list[object]]:
        for row in rows:
            line = [
                value if column in self._exact else rounded(value, self._mark)
                for column, value in enumerate(row)
            ]
            self._taker.add(line)
            yield line

    def fingerprint(self) -> Fingerprint:
        return self._taker.taken()
