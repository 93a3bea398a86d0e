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
    ("refused", "i8"),
])  # fmt: skip
States = NDArray[np.void]


def blocks_of(series: Int32) -> list[int]:
    """Rising, each once."""
    found: list[int] = np.unique(series // WIDTH).tolist()
    return found


def fresh_block() -> States:
    states = np.zeros(WIDTH, STATE)
    for name, values in zip(KNOWN.names or (), nothing_known(WIDTH).dtype.names or (), strict=True):
        states[name] = nothing_known(WIDTH)[values]
    return states


def states_of(blocks: list[int], stored: Mapping[int, bytes]) -> States:
    """One array over all blocks, in their order; a block that is not stored has seen nothing. Raises ValueError where
    stored bytes are of another size."""
    states = np.empty(len(blocks) * WIDTH, STATE)
    for place, block in enumerate(blocks):
        rows = slice(place * WIDTH, (place + 1) * WIDTH)
        data = stored.get(block)
        states[rows] = fresh_block() if data is None else np.frombuffer(data, STATE)
    return states


def positions(series: Int32, blocks: list[int]) -> NDArray[np.intp]:
    """Where each series stands in the array of these blocks."""
    place = np.searchsorted(np.asarray(blocks), series // WIDTH)
    found: NDArray[np.intp] = place * WIDTH + series % WIDTH
    return found


def stored_of(states: States, blocks: list[int]) -> list[tuple[int, bytes]]:
    return [
        (block, states[place * WIDTH : (place + 1) * WIDTH].tobytes()) for place, block in enumerate(blocks)
    ]
