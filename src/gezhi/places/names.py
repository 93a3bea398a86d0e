"""The place that a free text means, by the names of divisions: 海曙区南门街道万安社区门口井盖坏了."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gezhi.lib.codes import COUNTY, GRID, VILLAGE, ancestors, is_within, level_of
from gezhi.places.divisions import spoken

_SUFFIX: Final = re.compile(r"(街道|社区|镇|乡|村|区|县|市)$")
_FULL, _SHORT, _STEM = 1.0, 0.8, 0.35  # a whole name; one of three characters; a name without its suffix
_COUNTY_STEM: Final = 0.8
_ENOUGH: Final = 0.8  # names without suffix, with no county or whole name to support them, prove nothing
_WORDS_TOO: Final = ("城中村", "开发区", "自然村", "中心村")  # names of places that are also plain words


@dataclass(frozen=True)
class Meant:
    """`words`: what in the text decided; `confidence` 0..1."""

    code: str
    confidence: float
    words: tuple[str, ...]


class PlaceNames:
    """Names of the places of one jurisdiction. Places that fit equally well give what they have in common."""

    def __init__(self, places: Iterable[tuple[str, str]], scope: str) -> None:
        """`places`: (code, name); those outside the scope, the scope itself and grids are left aside."""
        self._scope = scope
        names: dict[str, dict[str, float]] = defaultdict(dict)
        for code, name in places:
            if code != scope and is_within(code, scope) and COUNTY <= level_of(code) < GRID:
                for variant, weight in _variants(name, level_of(code)).items():
                    names[variant][code] = max(weight, names[variant].get(code, 0.0))
        self._names: Mapping[str, Mapping[str, float]] = dict(names)
        self._lengths = _lengths(names)
        firsts, seconds = ("".join(sorted({name[at] for name in names})) for at in (0, 1))
        self._probe = re.compile(f"(?=[{re.escape(firsts)}][{re.escape(seconds)}])" if names else r"(?!)")

    def find(self, text: str) -> Meant | None:
        """None when the text names nothing in the scope, or nothing that can be told apart."""
        words = self._names_in(text)
        evidence: dict[str, float] = {}
        for word in words:
            for code, weight in self._names[word].items():
                evidence[code] = max(weight, evidence.get(code, 0.0))
        scores = {code: _score(code, evidence) for code in evidence}
        best = max(scores.values(), default=0.0)
        if best < _ENOUGH:
            return None
        winners = [code for code, score in scores.items() if score >= best - 1e-9]
        code = _resolved(winners)
        if code in ("", self._scope) or not is_within(code, self._scope):
            return None
        chain = {above for winner in winners for above in (winner, *ancestors(winner))}
        deciding = tuple(word for word in words if chain.intersection(self._names[word]))
        return Meant(code, round(best / (best + 0.35) / len(winners) ** 0.5, 3), deciding)

    def _names_in(self, text: str) -> list[str]:
        """Each once, in the text's order; of several that begin together the longest."""
        found: dict[str, None] = {}
        end = 0
        for match in self._probe.finditer(text):
            if match.start() >= end and (name := self._longest(text, match.start())):
                end = match.start() + len(name)
                found[name] = None
        return list(found)

    def _longest(self, text: str, start: int) -> str:
        for length in self._lengths.get(text[start : start + 2], ()):
            if text[start : start + length] in self._names:
                return text[start : start + length]
        return ""


def _variants(name: str, level: int) -> dict[str, float]:
    """name -> how much it proves: whole names, and names without their suffix."""
    said = spoken(name)
    stem = _SUFFIX.sub("", said)
    found = {stem: _COUNTY_STEM if level == COUNTY else _STEM} if len(stem) >= 2 else {}
    found |= {whole: _weight(whole, level) for whole in (said, name) if len(whole) >= 2}
    return {variant: weight for variant, weight in found.items() if variant not in _WORDS_TOO}


def _weight(whole: str, level: int) -> float:
    """里村 is the end of many other names, 青山村 exists everywhere."""
    return _FULL if level < VILLAGE or len(whole) > 3 else _SHORT if len(whole) == 3 else _STEM


def _lengths(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for name in names:
        found[name[:2]].add(len(name))
    return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}


def _score(code: str, evidence: Mapping[str, float]) -> float:
    return evidence[code] + sum(evidence.get(above, 0.0) for above in ancestors(code))


def _resolved(winners: list[str]) -> str:
    """Of equals, the coarsest if alone (慈溪市 against villages elsewhere), else what they share."""
    coarsest = min(level_of(code) for code in winners)
    top = [code for code in winners if level_of(code) == coarsest]
    return top[0] if len(top) == 1 else _common(winners)


def _common(codes: list[str]) -> str:
    """The lowest place that holds all of them, "" when they share no province."""
    chains = [(code, *ancestors(code)) for code in codes]
    shared = set(chains[0]).intersection(*chains[1:])
    return next((code for code in chains[0] if code in shared), "")
