"""The appraisals that packs publish, and the one in force for a period."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from gezhi.insight.marking import Mark, Method, marks
from gezhi.insight.periods import Period
from gezhi.insight.queries.figures import Column, Dimension, Figures, Within, figures
from gezhi.insight.queries.posts import by_post, grid_posts
from gezhi.ledger.queries import configuration_stamp
from gezhi.packs.queries import published_versions
from gezhi.packs.shapes import Indicator, Pack


class NoAppraisal(LookupError):
    """No published pack has an appraisal of this key that was in force then."""

    def __init__(self, key: str, day: date) -> None:
        super().__init__(f"No published pack has an appraisal '{key[:60]}' in force on {day}.")


def methods(stamp: int | None = None) -> Mapping[str, Sequence[Method]]:
    """By key; of each every version, the newest first."""
    return _methods(configuration_stamp() if stamp is None else stamp)


@lru_cache(maxsize=2)
def _methods(stamp: int) -> dict[str, list[Method]]:
    found: dict[str, list[tuple[date, int, Method]]] = {}
    versions = published_versions()
    active = {appraisal.key for one in versions if one.active for appraisal in one.pack.appraisals}
    for one in versions:
        for appraisal in one.pack.appraisals:
            if appraisal.key in active:
                method = Method(appraisal, _indicators(one.pack, appraisal.indicators))
                found.setdefault(appraisal.key, []).append((appraisal.since, one.id, method))
    newest_first = {key: sorted(every, key=lambda one: one[:2], reverse=True) for key, every in found.items()}
    return {key: [method for _since, _id, method in every] for key, every in newest_first.items()}


def _indicators(pack: Pack, keys: Sequence[str]) -> list[Indicator]:
    own = {indicator.key: indicator for indicator in pack.indicators}
    return [own[key] for key in keys if key in own]


def method_of(key: str, period: Period, stamp: int | None = None) -> Method:
    """The formula in force when the period began: a later one does not reach back. Raises NoAppraisal."""
    first, _last = period.days
    every = methods(stamp).get(key, ())
    found = next((method for method in every if method.appraisal.since <= first), None)
    if found is None:
        raise NoAppraisal(key, first)
    return found


def appraise(
    method: Method, period: Period, by: Dimension | Literal["post"], within: Within
) -> tuple[list[Mark], Figures]:
    """Marks, best first, and the figures behind them. One statement, and one more for each set of categories that
    indicators are restricted to."""
    read = _reader(period, by)
    whole = read(within)
    counts: dict[str, Mapping[str, Column]] = {}
    narrowed: dict[tuple[str, ...], Mapping[str, Column]] = {(): whole.columns}
    for indicator in method.indicators:
        if indicator.categories not in narrowed:
            some = read(within.about(indicator.categories))
            narrowed[indicator.categories] = some.aligned(whole.keys).columns
        counts[indicator.key] = narrowed[indicator.categories]
    return marks(method, whole.keys, counts, whole.columns), whole


def _reader(period: Period, by: Dimension | Literal["post"]) -> Callable[[Within], Figures]:
    if by != "post":
        return lambda within: figures(period, by, within)
    posts = grid_posts(period.days[1])
    return lambda within: by_post(figures(period, "grid", within), posts)
