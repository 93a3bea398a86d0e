"""Which characters can be printed. What the fonts lack is written as its code point, so that nothing is lost."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from pylopdf_fonts_zh_cn import sans_path, serif_path

FONTS: Final = (serif_path(), sans_path())
_HIDDEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of what changes a text without being seen in it
_LONG_RUN: Final = re.compile(r"[!-~]{32}(?=[!-~])")
_BREAK: Final = "\u200b"


def written(text: str) -> str:
    """The text as it is printed, lines kept; a very long run without a space may be broken."""
    known = printable()
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ")
    broken = _LONG_RUN.sub(lambda run: run[0] + _BREAK, plain)
    return "".join(one if one in known else _instead(one) for one in broken)


def _instead(character: str) -> str:
    if character in ("\n", " ", _BREAK):
        return character
    hidden = unicodedata.category(character) in _HIDDEN or "\ufe00" <= character <= "\ufe0f"
    return "" if hidden else f"[U+{ord(character):04X}]"


@cache
def printable() -> frozenset[str]:
    codes = set().union(*(_codes(path) for path in FONTS))
    seen = (chr(code) for code in codes if not 0xD800 <= code < 0xE000)
    return frozenset(one for one in seen if unicodedata.category(one) not in _HIDDEN)


def _codes(font: Path) -> set[int]:
    """The code points of an OpenType font: its character map of format 12 (ISO/IEC 14496-22, 5.2.1.3.7)."""
    data = font.read_bytes()
    start = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    codes: set[int] = set()
    for number in range(count):
        at = start + struct.unpack_from(">HHI", data, start + 4 + 8 * number)[2]
        if struct.unpack_from(">H", data, at)[0] == 12:
            codes |= _groups(data, at)
    return codes


def _table(data: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return next(int(record[2]) for record in records if record[0] == tag)


def _groups(data: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    groups = (struct.unpack_from(">III", data, at + 16 + 12 * number) for number in range(count))
    return {code for first, last, _glyph in groups for code in range(first, last + 1)}
