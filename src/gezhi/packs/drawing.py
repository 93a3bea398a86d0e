"""A procedure as a drawing (SVG): states in one column, steps ahead on the left, steps back on the right. Pure.

Steps to the next state run straight down. All others leave a state at its side, each at a height of its own, run
in a lane that no other uses over that stretch, and come in with an arrow.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import escape, quoteattr

from gezhi.packs.shapes import Kind, Procedure, State, Words

Language = Literal["zh", "en"]

STRAIGHT: Final = {
    *(Kind.ACCEPT, Kind.DISPATCH, Kind.RECEIVE, Kind.HANDLE, Kind.FINISH, Kind.VERIFY, Kind.RATE, Kind.CLOSE),
}
_BOX: Final = 190
_PORT: Final = 20  # pixels between two lines that meet a state's side
_LEAST: Final = 44  # height of a state
_GAP: Final = 46
_LANE: Final = 16
_EDGE: Final = 24
_INK, _SOFT, _LINE, _OPEN, _CLOSED = "#1d2733", "#5a6877", "#0b5cab", "#e8f1fb", "#eef0f2"


@dataclass(frozen=True, slots=True)
class Arrow:
    """Every step from one state to another. `straight`: one of them is an ordinary step."""

    source: int
    target: int
    label: str
    straight: bool


@dataclass(frozen=True, slots=True)
class _Routed:
    """`side`: -1 left, 1 right; `out`, `into`: heights; `lane` counts from the states outwards."""

    arrow: Arrow
    side: int
    out: float
    into: float
    lane: int


def arrows(procedure: Procedure, language: Language, *, deviations: bool = True) -> list[Arrow]:
    rows = {state.key: n for n, state in enumerate(procedure.states)}
    steps: dict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for one in procedure.transitions:
        straight = one.kind in STRAIGHT
        for source in one.source if one.to and (straight or deviations) else ():
            if source != one.to and one.to in rows:
                words = _in(one.title, language)
                steps[rows[source], rows[one.to]].append((words, straight))
    return [
        Arrow(source, target, _joined([words for words, _ in found], language), any(s for _, s in found))
        for (source, target), found in sorted(steps.items())
    ]


def _joined(words: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(dict.fromkeys(words))


def _in(words: Words, language: Language) -> str:
    return words.zh if language == "zh" else words.en


def draw(procedure: Procedure, language: Language, *, deviations: bool = True) -> str:
    found = arrows(procedure, language, deviations=deviations)
    aside = [one for one in found if one.target != one.source + 1]
    tops, heights = _rows(len(procedure.states), aside)
    routed = _routed(aside, tops)
    sides = {side: [one for one in routed if one.side == side] for side in (-1, 1)}
    (left, right), words = (_room(sides[-1]), _room(sides[1])), {n: _labels(one) for n, one in sides.items()}
    x = left + _EDGE
    width, height = x + _BOX + right + _EDGE, tops[-1] + heights[-1] + _EDGE
    parts = [
        *(_down(one, x, tops, heights) for one in found if one.target == one.source + 1),
        *(_around(one, x, words[one.side]) for one in routed),
        *(_box(s, x, tops[n], heights[n], language) for n, s in enumerate(procedure.states)),
    ]
    return _page(procedure, found, language, width, height, parts)


def _rows(count: int, aside: Iterable[Arrow]) -> tuple[list[float], list[float]]:
    ports: dict[tuple[int, int], int] = defaultdict(int)
    for one in aside:
        for row in (one.source, one.target):
            ports[row, _side(one)] += 1
    heights = [float(max(_LEAST, _PORT * (max(ports[n, -1], ports[n, 1]) + 1))) for n in range(count)]
    tops, y = [], float(_EDGE)
    for height in heights:
        tops.append(y)
        y += height + _GAP
    return tops, heights


def _side(one: Arrow) -> int:
    return -1 if one.target > one.source else 1


def _routed(aside: Iterable[Arrow], tops: list[float]) -> list[_Routed]:
    """Short ways take the inner lanes."""
    used: dict[tuple[int, int], int] = defaultdict(int)
    lanes: dict[int, list[list[tuple[float, float]]]] = {-1: [], 1: []}

    def port(row: int, side: int) -> float:
        used[row, side] += 1
        return tops[row] + _PORT * used[row, side]

    routed = []
    for one in sorted(aside, key=lambda one: (abs(one.target - one.source), one.source, one.target)):
        side = _side(one)
        out, into = port(one.source, side), port(one.target, side)
        lane = _free(lanes[side], min(out, into), max(out, into))
        routed.append(_Routed(one, side, out, into, lane))
    return routed


def _free(lanes: list[list[tuple[float, float]]], low: float, high: float) -> int:
    """The innermost lane in which nothing else runs between the two heights; takes it."""
    for n, taken in enumerate(lanes):
        if all(high < start or low > end for start, end in taken):
            taken.append((low, high))
            return n
    lanes.append([(low, high)])
    return len(lanes) - 1


def _room(routed: list[_Routed]) -> float:
    if not routed:
        return 0
    return _labels(routed) + _LANE * (max(one.lane for one in routed) + 1)


def _labels(routed: Iterable[_Routed]) -> float:
    """How wide the steps' names stand beside the states; the lanes begin behind them."""
    return max((_width(one.arrow.label) for one in routed), default=0) + 24


def _width(text: str) -> float:
    return sum(12.0 if ord(letter) > 0x2E80 else 6.6 for letter in text)


def _around(one: _Routed, x: float, words: float) -> str:
    start = x if one.side < 0 else x + _BOX
    lane = start + one.side * (words + _LANE * one.lane)
    path = f"M{start:g} {one.out:g}H{lane:g}V{one.into:g}H{start + one.side * 5:g}"
    anchor = "end" if one.side < 0 else "start"
    return _line(path, one.arrow) + _text(
        start + one.side * 8, one.out - 4, one.arrow.label, 12, anchor, _SOFT
    )


def _down(one: Arrow, x: float, tops: list[float], heights: list[float]) -> str:
    middle, start, end = x + _BOX / 2, tops[one.source] + heights[one.source], tops[one.target] - 5
    path = f"M{middle:g} {start:g}V{end:g}"
    return _line(path, one) + _text(middle + 8, (start + end) / 2 + 4, one.label, 12, "start", _INK)


def _line(path: str, one: Arrow) -> str:
    look = (
        f'stroke="{_LINE}" stroke-width="2"' if one.straight else f'stroke="{_SOFT}" stroke-dasharray="5 4"'
    )
    return f'<path d="{path}" fill="none" {look} marker-end="url(#arrow)"/>\n'


def _box(state: State, x: float, top: float, height: float, language: Language) -> str:
    fill = _OPEN if state.open else _CLOSED
    rect = f'<rect x="{x:g}" y="{top:g}" width="{_BOX}" height="{height:g}" rx="8" fill="{fill}" stroke="{_INK}"/>\n'
    middle = top + height / 2
    name = _text(x + _BOX / 2, middle, _in(state.title, language), 15, "middle", _INK, bold=True)
    return rect + name + _text(x + _BOX / 2, middle + 16, state.key, 11, "middle", _SOFT)


def _text(x: float, y: float, words: str, size: int, anchor: str, fill: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    halo = 'stroke="#fff" stroke-width="4" paint-order="stroke"' if not bold and size > 11 else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight} {halo}>'
        f"{escape(words)}</text>\n"
    )


def _page(
    procedure: Procedure,
    found: list[Arrow],
    language: Language,
    width: float,
    height: float,
    parts: list[str],
) -> str:
    title = _in(procedure.title, language)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" role="img" aria-label={quoteattr(title)} lang={quoteattr(language)} '
            'font-family="system-ui, sans-serif">\n',
            f"<title>{escape(title)}</title>\n<desc>{escape(_told(procedure, found, language))}</desc>\n",
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="8" markerHeight="8" '
            'markerUnits="userSpaceOnUse" orient="auto">'
            f'<path d="M0 0L8 4L0 8z" fill="{_INK}"/></marker></defs>\n',
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n',
            *parts,
            "</svg>\n",
        ]
    )


def _told(procedure: Procedure, found: list[Arrow], language: Language) -> str:
    """The drawing in words, for who cannot see it."""
    name: Callable[[int], str] = lambda row: _in(procedure.states[row].title, language)  # noqa: E731
    return "; ".join(f"{name(one.source)} → {name(one.target)}: {one.label}" for one in found)
