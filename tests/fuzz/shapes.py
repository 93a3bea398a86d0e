"""Inputs for parsers: real ones bent, words of their languages in any order, JSON of any depth, very long ones."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

CURIOUS = (
    *(
        "",
        "\0",
        "\n",
        "\r\n",
        "\t",
        " ",
        "\u3000",
        "\ufeff",
        "\u202e",
        "\ud800",
        "\x1b[31m",
        "²",
        "٣",
        "１２",
    ),
    *(
        "-1",
        "0",
        "00",
        "1e400",
        "-0.0",
        "nan",
        "inf",
        "9" * 19,
        "9" * 5000,
        "1_000",
        "0x10",
        "+1",
        "1.",
        ".5",
    ),
    *("2026-02-30", "0000-00-00", "9999-12-31T23:59:59.999999+23:59", "2026-W53-7", "二〇二六年七月一日"),
    *(
        "'",
        '"',
        '""',
        "\\",
        "{",
        "}",
        "{}",
        "[]",
        "[[",
        "(",
        ")",
        "<",
        "<!--",
        "&#0;",
        "%s",
        "%",
        "${x}",
        "{{",
        "../",
    ),
    *(
        "=1+1",
        "@a",
        "*a",
        "&a",
        "!!python/object",
        "<<: *a",
        "true",
        "null",
        "~",
        "NaN",
        "Infinity",
        "路灯",
        "😀",
    ),
)
NUMBERS = (0, 1, 2, 9, 10, 48, 57, 127, 128, 192, 237, 254, 255)

words = st.sampled_from(CURIOUS)
letters = st.text(max_size=40)


@st.composite
def bent(draw: st.DrawFn, seeds: Sequence[bytes], pieces: Sequence[bytes] = ()) -> bytes:
    """One of the real ones with up to eight changes: bytes set, cut, doubled, put in, or joined to another."""
    data = bytearray(draw(st.sampled_from(seeds)))
    known = [*pieces, *(word.encode("utf-8", "surrogatepass") for word in CURIOUS)]
    for _ in range(draw(st.integers(0, 8))):
        at, end = (draw(st.integers(0, len(data))) for _ in range(2))
        match draw(st.integers(0, 5)):
            case 0 if data:
                data[at % len(data)] = draw(st.sampled_from(NUMBERS))
            case 1:
                del data[min(at, end) : max(at, end)]
            case 2:
                data[at:at] = data[min(at, end) : max(at, end)][:4096]
            case 3:
                data[at:at] = draw(st.sampled_from(known))
            case 4 if data:
                data[at % len(data)] ^= 1 << draw(st.integers(0, 7))
            case _:
                data[at:] = draw(st.sampled_from(seeds))[end:]
    return bytes(data[: 1 << 20])


def bent_text(*seeds: str, pieces: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Texts that were real once, and texts of the language's own pieces in any order."""
    encoded = [seed.encode() for seed in seeds]
    known = [piece.encode() for piece in pieces]
    crooked = bent(encoded, known).map(lambda data: data.decode("utf-8", "surrogateescape"))
    joined = st.lists(st.sampled_from([*pieces, *CURIOUS]) | letters, max_size=12).map("".join)
    return crooked | crooked | joined


def filled(
    names: Sequence[str], *seeds: dict[str, str], values: Sequence[str] = ()
) -> st.SearchStrategy[Any]:
    """Fields of an address or a form."""
    some = st.dictionaries(st.sampled_from(names), st.sampled_from([*values, *CURIOUS]) | letters, max_size=8)
    return some if not seeds else st.tuples(st.sampled_from(seeds), some).map(lambda two: two[0] | two[1])


scalars = st.none() | st.booleans() | st.integers() | st.floats() | words | letters
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(words | letters, inner, max_size=5),
    max_leaves=12,
)


@st.composite
def bent_json(draw: st.DrawFn, *seeds: Any) -> Any:
    """A real value in which up to four places hold something else, are gone, or are there twice."""
    value = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(0, 4))):
        value = _changed(draw, value)
    return value


def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value, key=str)))
        if not draw(st.integers(0, 5)):
            return {name: one for name, one in value.items() if name != key}
        return value | {key: _changed(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(value) - 1))
        if not draw(st.integers(0, 5)):
            return [*value[:at], *value[at + 1 :]]
        return [*value[:at], _changed(draw, value[at]), *value[at:]]
    return draw(json_values)


def long_ones(largest: int, pieces: Sequence[str]) -> list[str]:
    """Texts as long as may arrive, of one piece again and again, and of pieces that open and never close."""
    plain = (
        "a",
        "1",
        " ",
        "\n",
        "，",
        "路",
        '"',
        "(",
        "[",
        "{",
        "<a ",
        "&",
        "\\",
        "-",
        "9,",
        "a.",
        "a b",
        '["',
        '{"a":',
    )
    return [(piece * (largest // len(piece) + 1))[:largest] for piece in (*plain, *pieces) if piece]
