"""`python -m tests.exchange.mutated --frames 1000000`: how many broken frames are taken for good ones.

A frame is broken as lines and devices break them: bytes replaced, bits flipped, bursts, bytes lost and gained, two
frames grown together, pieces repeated. A broken frame that is taken counts even where it means the same. One JSON line
for each way and one for all, beside what the checksum and the length alone would let pass.

Two ways are told apart from the whole, since they are what this checksum is blind to (see checksum.py): pieces that
change places, which it passes at every eighth distance, and two digits of values changed and nothing else, of which no
check can see more than it does. They are told so that nobody thinks otherwise.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable
from typing import Final

from gezhi.exchange.hj212 import segment
from gezhi.exchange.hj212.reading import Frames
from gezhi.exchange.hj212.refusing import Refused
from tests.exchange.hj212_cast import (
    LETTERS,
    NOW,
    WATER,
    air_content,
    devices,
    line,
    water_content,
)
from tests.exchange.hj212_cast import segment as segment_of

AT_ONCE: Final = 1_000
ALPHABET: Final = bytes(range(0x20, 0x7F))
LIMIT: Final = 1e-4

Way = Callable[[random.Random, bytes, bytes], bytes]


def replaced(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """2 to 8 bytes by any printable ones."""
    text = bytearray(frame)
    for _ in range(chance.randint(2, 8)):
        text[chance.randrange(len(text))] = chance.choice(ALPHABET)
    return bytes(text)


def noisy(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """2 to 6 bytes by any bytes."""
    text = bytearray(frame)
    for _ in range(chance.randint(2, 6)):
        text[chance.randrange(len(text))] = chance.randrange(256)
    return bytes(text)


def flipped(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """1 to 6 bits."""
    text = bytearray(frame)
    for _ in range(chance.randint(1, 6)):
        text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    return bytes(text)


def burst(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """3 to 30 bytes on end by any bytes."""
    begin = chance.randrange(len(frame))
    end = min(len(frame), begin + chance.randint(3, 30))
    return frame[:begin] + chance.randbytes(end - begin) + frame[end:]


def lost(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """1 to 20 bytes on end."""
    begin = chance.randrange(len(frame))
    return frame[:begin] + frame[begin + chance.randint(1, 20) :]


def gained(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """1 to 8 bytes of the frame's own kind."""
    begin = chance.randrange(len(frame))
    return frame[:begin] + bytes(chance.choices(frame, k=chance.randint(1, 8))) + frame[begin:]


def shifted(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """A byte lost in one place and another gained elsewhere, so that the length holds."""
    text = bytearray(frame)
    del text[chance.randrange(len(text))]
    text.insert(chance.randrange(len(text)), chance.choice(frame))
    return bytes(text)


def spliced(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """The beginning of one frame and the end of another."""
    at = chance.randrange(1, len(frame))
    return frame[:at] + other[max(0, len(other) - len(frame) + at) :]


def swapped(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """Two pieces of 1 to 12 bytes change places."""
    size = chance.randint(1, 12)
    first = chance.randrange(len(frame) - 2 * size)
    second = chance.randrange(first + size, len(frame) - size)
    return (
        frame[:first]
        + frame[second : second + size]
        + frame[first + size : second]
        + frame[first : first + size]
        + frame[second + size :]
    )


def repeated(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """A piece of 1 to 40 bytes written over the place beside it, as a buffer that wraps does."""
    size = chance.randint(1, 40)
    begin = chance.randrange(max(1, len(frame) - 2 * size))
    return frame[: begin + size] + frame[begin : begin + size] + frame[begin + 2 * size :]


def two_digits(chance: random.Random, frame: bytes, other: bytes) -> bytes:
    """Two digits of values, nothing else: what only the checksum can see."""
    text = bytearray(frame)
    begin = frame.find(b"-")
    places = [
        place
        for place in range(begin, len(frame) - 8)
        if frame[place : place + 1].isdigit() and frame[:place].rpartition(b"=")[2].replace(b".", b"").isdigit()
    ]  # fmt: skip
    for place in chance.sample(places, 2):
        text[place] = chance.choice(b"0123456789")
    return bytes(text)


WAYS: Final[tuple[Way, ...]] = (
    replaced, noisy, flipped, burst, lost, gained, shifted, spliced, repeated,
)  # fmt: skip
BLIND: Final[tuple[Way, ...]] = (swapped, two_digits)


def good_frames(chance: random.Random, count: int) -> list[bytes]:
    """Of an air station and a water outlet, each with other values."""
    frames = []
    for _ in range(count):
        if chance.random() < 0.7:
            values = [f"{chance.uniform(1, 100):.{chance.randint(0, 3)}f}" for _ in range(10)]
            marks = "".join(chance.choices(LETTERS, [20, *[1] * 7], k=10))
            frames.append(line(segment_of(air_content(values, marks))))
        else:
            frames.append(line(segment_of(water_content(), mn=WATER, st="32", cn="2061")))
    return frames


def passes_alone(frame: bytes) -> bool:
    """Whether length and checksum let it pass."""
    try:
        plain, fits = segment.opened(frame)
        segment.check(frame, plain, lower=True)
    except Refused:
        return False
    return fits


def measure(way: Way, count: int, seed: int) -> tuple[int, int]:
    """How many of so many broken frames are taken, and how many checksum and length let pass."""
    chance = random.Random(f"{way.__name__} {seed}")
    reader, known = Frames(), devices()
    taken = alone = done = 0
    while done < count:
        good = good_frames(chance, 50)
        broken: list[bytes] = []
        while len(broken) < min(AT_ONCE, count - done):
            frame, other = chance.sample(good, 2)
            bad = way(chance, frame, other)
            if bad not in (frame, other):
                broken.append(bad)
        reader.read(good, known, NOW)  # a reader that knows its devices is the one that stands in a city
        told = reader.read(broken, known, NOW).told
        taken += sum(not isinstance(one, Refused) for one in told)
        alone += sum(map(passes_alone, broken))
        done += len(broken)
    return taken, alone


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    each = -(-given.frames // len(WAYS))
    all_taken = all_alone = 0
    for way in WAYS:
        taken, alone = measure(way, each, given.seed)
        tell(way.__name__, each, taken, alone)
        all_taken, all_alone = all_taken + taken, all_alone + alone
    tell("all", each * len(WAYS), all_taken, all_alone)
    some = max(1_000, given.frames // 20)
    for way in BLIND:
        tell(f"{way.__name__}, not in all", some, *measure(way, some, given.seed))
    sys.exit(all_taken > LIMIT * each * len(WAYS))


def tell(name: str, frames: int, taken: int, alone: int) -> None:
    said = {
        "way": name,
        "frames": frames,
        "taken": taken,
        "share": taken / frames,
        "checksum_alone": alone / frames,
    }
    print(json.dumps(said, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
