"""Which encoding a text file is in: UTF-8 with or without a mark, or GB18030 (which contains GBK). Pure."""

import codecs

from gezhi.exchange.files.rows import FileUnreadable

SAMPLE = 4 * 1024 * 1024
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(sample: bytes) -> str:
    """The encoding in which most lines of the sample make sense; single lines may still be in another."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith(WIDE):
        raise FileUnreadable("The file is UTF-16; save it as UTF-8 (in Excel: CSV UTF-8) and send it again.")
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    if len(sample) >= SAMPLE:
        lines = lines[:-1]
    in_utf8 = _decodable(lines, "utf-8")
    return "utf-8" if in_utf8 * 2 >= len(lines) or in_utf8 >= _decodable(lines, "gb18030") else "gb18030"


def _decodable(lines: list[bytes], encoding: str) -> int:
    return sum(_decodes(line, encoding) for line in lines)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def undecoded(text: str) -> bool:
    """Whether reading with `surrogateescape` met bytes of another encoding."""
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)
