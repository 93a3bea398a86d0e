"""Whole numbers as protobuf varints, any number of them at once."""

import numpy as np
from numpy.typing import NDArray

from gezhi.places.raster import Int64, ramp

Bytes = NDArray[np.uint8]


def sizes(numbers: Int64) -> Int64:
    """Bytes that each number takes; numbers are 0 to 2**53."""
    bits = np.frexp(np.maximum(numbers, 1).astype(np.float64))[1]
    return np.asarray((bits + 6) // 7, np.int64)


def packed(numbers: Int64) -> tuple[Bytes, Int64]:
    """(bytes of all, size of each)."""
    size = sizes(numbers)
    place = ramp(np.zeros_like(size), size)
    last = place == np.repeat(size - 1, size)
    seven = (np.repeat(numbers, size) >> (7 * place)) & 0x7F
    return np.where(last, seven, seven | 0x80).astype(np.uint8), size


def unpacked(data: bytes) -> Int64:
    """The numbers of a buffer that holds nothing else."""
    octets = np.frombuffer(data, np.uint8).astype(np.int64)
    ends = np.flatnonzero(octets < 0x80) + 1
    starts = np.r_[0, ends[:-1]]
    place = ramp(np.zeros_like(starts), ends - starts)
    return np.asarray(np.add.reduceat((octets[: len(place)] & 0x7F) << (7 * place), starts), np.int64)


def zigzag(numbers: Int64) -> Int64:
    return np.asarray((numbers << 1) ^ (numbers >> 63), np.int64)
