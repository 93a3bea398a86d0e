"""A line of the wire -> its data segment -> its fields (HJ 212-2017 and -2025, 6.3.1 to 6.3.3); and back.

##0101QN=..;ST=32;CN=2011;PW=123456;MN=..;Flag=5;CP=&&DataTime=..;w01018-Rtd=40.1,w01018-Flag=N&&1C80\r\n
"""

import re
from typing import Final, NamedTuple

from gezhi.exchange.hj212.checksum import checksum, modbus_checksum
from gezhi.exchange.hj212.refusing import Refused, Why

LONGEST: Final = 1024  # bytes of a plain segment
LONGEST_CIPHERED: Final = 5 * LONGEST  # each byte is written 0xHH, in a ciphered one
LONGEST_LINE: Final = LONGEST_CIPHERED + 16
CIPHERED: Final = b"CP=&&{"
_FIELDS: Final = re.compile(
    rb"(?:QN=([0-9]{17});)?ST=([0-9]{2});CN=([0-9]{4});PW=([!-%'-:<-~]{0,16});MN=([0-9A-Za-z_-]{1,24});"
    rb"(?:Flag=([0-9]{1,3});)?(?:PNUM=([0-9]{1,4});PNO=([0-9]{1,4});)?(RF=1;)?CP=&&([!-%'-~\x80-\xFF]*)&&"
)
_ALLOWED: Final = bytes(range(0x21, 0x7F))


class Segment(NamedTuple):
    """What a frame says. `flag` None: the field was not there (2005). `total`, `number`: PNUM and PNO, 0 without.
    `again`: RF=1, sent once more (2025)."""

    qn: bytes
    st: bytes
    cn: bytes
    pw: bytes
    mn: bytes
    flag: int | None
    total: int
    number: int
    again: bool
    content: bytes

    def with_(self, qn: bytes, content: bytes) -> "Segment":
        """The same but for these."""
        _, st, cn, pw, mn, flag, total, number, again, _ = self
        return Segment(qn, st, cn, pw, mn, flag, total, number, again, content)

    @property
    def version(self) -> int:
        """0: 2005, 1: 2017, 2: 2025."""
        return (self.flag or 0) >> 2

    @property
    def wants_answer(self) -> bool:
        return bool((self.flag or 0) & 1)

    @property
    def is_split(self) -> bool:
        return bool((self.flag or 0) & 2)


def opened(line: bytes) -> tuple[bytes, bool]:
    """The segment of a line (without its end), and whether the length field says its length. Where content is ciphered
    it may say that of the plain segment (annex A.2 of 2025 does), which is known later."""
    if line[:2] != b"##":
        raise Refused(Why.START, line[:8])
    stated, segment = line[2:6], line[6:-4]
    if not stated.isdigit() or len(line) < 10:
        raise Refused(Why.LENGTH, stated)
    if int(stated) == len(segment):
        longest = LONGEST_CIPHERED if CIPHERED in segment else LONGEST
        if len(segment) > longest:
            raise Refused(Why.TOO_LONG, stated)
        return segment, True
    if CIPHERED not in segment:
        raise Refused(Why.LENGTH, stated)
    return segment, False


def check(line: bytes, segment: bytes, *, modbus: bool = False, lower: bool = False) -> None:
    """That the line ends with the checksum of this (plain) segment. `lower`: small letters pass too."""
    said = line[-4:]
    if b"%04X" % (modbus_checksum if modbus else checksum)(segment) != (said.upper() if lower else said):
        raise Refused(Why.CHECKSUM, said)


def fields(segment: bytes) -> Segment:
    """Its fields, in the standard's order."""
    found = _FIELDS.fullmatch(segment)
    if found is None:
        strange = segment.translate(None, _ALLOWED)
        raise Refused(Why.CHARACTERS, strange) if strange else Refused(Why.HEADER, segment)
    qn, st, cn, pw, mn, flag, count, number, again, content = found.groups()
    read = Segment(
        qn or b"",
        st,
        cn,
        pw,
        mn,
        None if flag is None else int(flag),
        int(count or 0),
        int(number or 0),
        again is not None,
        content,
    )
    _check_flag(read)
    return read


def _check_flag(read: Segment) -> None:
    """A known version, packages exactly where the flag says so, RF only in 2025, QN wherever an answer is wanted."""
    flag = read.flag or 0
    if flag > 11 or bool(flag & 2) != bool(read.total) or (read.again and flag < 8):
        raise Refused(Why.FLAG, str(flag))
    if read.total and not 1 <= read.number <= read.total:
        raise Refused(Why.SPLIT, f"PNUM={read.total};PNO={read.number}")
    if not read.qn and (flag & 1 or flag > 3):
        raise Refused(Why.HEADER, b"QN")


def wire(segment: bytes) -> bytes:
    """A segment as it goes over the line."""
    return b"##%04d%b%04X\r\n" % (len(segment), segment, checksum(segment))


def written(said: Segment) -> bytes:
    """The segment that says this."""
    parts = [b"QN=" + said.qn] if said.qn else []
    parts += [b"ST=" + said.st, b"CN=" + said.cn, b"PW=" + said.pw, b"MN=" + said.mn]
    if said.flag is not None:
        parts.append(b"Flag=%d" % said.flag)
    if said.total:
        parts.append(b"PNUM=%d;PNO=%d" % (said.total, said.number))
    if said.again:
        parts.append(b"RF=1")
    return b";".join(parts) + b";CP=&&" + said.content + b"&&"
