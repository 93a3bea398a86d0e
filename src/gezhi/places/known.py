"""Which codes exist: a sorted array, 16 bytes each, so that every process can hold all grids of a city."""

from collections.abc import Iterable

import numpy as np


class KnownCodes:
    def __init__(self, codes: Iterable[str]) -> None:
        self._codes = np.sort(np.array(list(codes), dtype="S16"))

    def __len__(self) -> int:
        return len(self._codes)

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, str) or not code.isascii():
            return False
        wanted = np.bytes_(code.encode())
        at = int(np.searchsorted(self._codes, wanted))
        return at < len(self._codes) and bool(self._codes[at] == wanted)
