"""Text can be read in both schemes: at least 4.5 to 1, edges of fields at least 3 to 1 (WCAG 2.2)."""

import re

import pytest

from tests.house.tree import SRC

TEXT = [
    *(("ink", ground) for ground in ("paper", "ground", "brand-tint", "good-tint", "soon-tint", "bad-tint")),
    *(("ink-soft", ground) for ground in ("paper", "ground", "brand-tint", "good-tint")),
    *(("brand", "paper"), ("brand", "ground"), ("brand-deep", "brand-tint"), ("on-brand", "brand")),
    *((tone, ground) for tone in ("good", "soon", "bad", "calm") for ground in ("paper", f"{tone}-tint")),
    ("on-brand", "brand-deep"),
]
EDGES = [("line-strong", "paper"), ("line-strong", "ground"), ("brand", "paper")]


def schemes() -> dict[str, dict[str, str]]:
    files = [(SRC / "static/css" / name).read_text() for name in ("tokens.css", "dark.css")]
    colours = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", text)) for text in files]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_from_their_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    wanted = [(pair, 4.5) for pair in TEXT] + [(pair, 3.0) for pair in EDGES]
    low = {
        pair: round(found, 2)
        for pair, least in wanted
        if (found := contrast(*(colours[n] for n in pair))) < least
    }
    assert not low


def test_the_measure_knows_black_on_white() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
