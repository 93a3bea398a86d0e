"""What is known of a device that may send: its MN, password, options, and which of its values go into which series."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from gezhi.exchange.hj212.content import Hints, Shape
from gezhi.sensing.columns import Int32

REAL_TIME: Final = "2011"


@dataclass(frozen=True)
class Device:
    """`series`: by `key_of`, the id of the datastream; what stands in no series is checked and not kept.
    `stations`: its ST, empty for any. `own`: codes of its maker, with the lowest and highest value possible.
    `key`: 16 bytes for SM4; with it, content that must be ciphered is refused when plain.
    `modbus`, `lower`: its checksum is computed in Modbus order, is written in small letters. `alone`: it cuts an answer
    between factors and waits for the answer to each package, so each is taken by itself; otherwise packages are
    acknowledged when all have come and are kept, since a cut may go through a number."""

    mn: str
    series: Mapping[str, int]
    password: str = ""
    stations: frozenset[str] = frozenset()
    own: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    key: bytes | None = None
    modbus: bool = False
    lower: bool = False
    alone: bool = False
    bound: dict[Shape, "Bound"] = field(default_factory=dict, compare=False, repr=False)
    hints: Hints = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def secret(self) -> bytes:
        return self.password.encode()

    def __post_init__(self) -> None:
        if self.key is not None and len(self.key) != 16:
            raise ValueError(f"the SM4 key of {self.mn} has {len(self.key)} bytes, not 16")


@dataclass(frozen=True, slots=True)
class Bound:
    """Of the numbers of a shape: which are kept, and in which series."""

    kept: tuple[int, ...]
    series: Int32


def key_of(code: str, what: str = "Rtd", cn: str = REAL_TIME) -> str:
    """How a device's `series` names a value: 2011:a34004-Rtd, 2061:w01018-Avg."""
    return f"{cn}:{code}-{what}"


Devices = Mapping[bytes, Device]  # by MN
