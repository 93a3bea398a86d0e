"""States of series in blocks of 256, each block one row of bytes: a batch reads and writes a few rows, not one for
each series. Pure."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.columns import Int32
from gezhi.sensing.measuring import KNOWN, nothing_known

WIDTH: Final = 256
STATE: Final = np.dtype([
    *KNOWN.descr,
    ("same_since", "i8"),  # ms; since when the value has not moved
    ("received_at", "i8"),  # ms; by the node's clock
    ("again", "i8"),
    ("against", "i8"),  # contradicting ones
])  # fmt: skip
States = NDArray[np.void]


def blocks_of(series: Int32) -> list[int]:
    """Rising, each once."""
    found: list[int] = np.unique(series // WIDTH).tolist()
    return found


def fresh_block() -> States:
    states = np.zeros(WIDTH, STATE)
    known = nothing_known(WIDTH)
    for name in KNOWN.names or ():
        states[name] = known[name]
    return states


def states_of(blocks: list[int], stored: Mapping[int, bytes]) -> States:
    """One array over all blocks, in their order; a block that is not stored has seen nothing. Raises ValueError where
    stored bytes are of another size."""
    states = np.empty(len(blocks) * WIDTH, STATE)
    for place, block in enumerate(blocks):
        data = stored.get(block)
        states[rows_of(place)] = fresh_block() if data is None else np.frombuffer(data, STATE)
    return states


def positions(series: Int32, blocks: list[int]) -> NDArray[np.intp]:
    """Where each series stands in the array of these blocks."""
    place = np.searchsorted(np.asarray(blocks), series // WIDTH)
    found: NDArray[np.intp] = place * WIDTH + series % WIDTH
    return found


def stored_of(states: States, blocks: list[int]) -> list[tuple[int, bytes]]:
    return [(block, states[rows_of(place)].tobytes()) for place, block in enumerate(blocks)]


def rows_of(place: int) -> slice:
    """Of the block at this place of an array over blocks."""
    return slice(place * WIDTH, (place + 1) * WIDTH)
