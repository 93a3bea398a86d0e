"""Data arrays (18-088, 14): readings of many datastreams in one body, straight into columns; and out of rows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.cases.intake.shapes import Fault
from gezhi.exchange.sensorthings.bodies import BadBody, created
from gezhi.exchange.sensorthings.entities import OBSERVATION, SINCE_2000, TIME_BITS, instant
from gezhi.exchange.sensorthings.times import times_of
from gezhi.sensing.columns import Columns, Fate
from gezhi.sensing.drafts import Observed, Ref

MOST: Final = 200_000  # readings of one body
LARGEST_SERIES: Final = 2**22 - 1
_TIME, _RESULT = "phenomenonTime", "result"
_FEATURES: Final = ("FeatureOfInterest/id", "FeatureOfInterest/@iot.id")
_COMPONENTS: Final = (_TIME, _RESULT, "resultTime", "resultQuality", "validTime", "parameters", *_FEATURES)
_ERROR: Final = '"error"'
_PLAIN: Final = frozenset({int, float})


@dataclass(frozen=True)
class Arrays:
    """`columns` and, by row, `extras`: of readings that can be read. `usable`: of all rows, which these are."""

    columns: Columns
    extras: Mapping[int, Mapping[str, object]]
    usable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Group:
    """Readings of one series, whose form was checked."""

    series: int
    names: Sequence[str]
    rows: Sequence[Sequence[object]]

    @property
    def is_plain(self) -> bool:
        return set(self.names) == {_TIME, _RESULT} and len(self.names) == 2


def arrays_in(body: object, now_ms: int) -> Arrays:
    """Raises BadBody for a wrong form; a row that cannot be read is left out."""
    if not isinstance(body, list) or not body:
        raise _bad("", "A list of data arrays is expected, each with Datastream, components and dataArray")
    groups = [_group(one, f"[{at}]") for at, one in enumerate(body)]
    count = sum(len(group.rows) for group in groups)
    if count > MOST:
        raise _bad("", f"A body holds at most {MOST} observations; these are {count}")
    if all(group.is_plain for group in groups) and (found := _together(groups)) is not None:
        return found
    parts = [_read_each(group, now_ms) for group in groups]
    extras: dict[int, Mapping[str, object]] = {}
    start = 0
    for part in parts:
        extras |= {start + row: extra for row, extra in part.extras.items()}
        start += len(part.columns)
    usable = np.concatenate([part.usable for part in parts])
    return Arrays(Columns.joined([part.columns for part in parts]), extras, usable)


def _group(one: object, where: str) -> _Group:
    if not isinstance(one, dict):
        raise _bad(where, "An object in braces is expected")
    stream, names, rows = one.get("Datastream"), one.get("components"), one.get("dataArray")
    series = stream.get("@iot.id") if isinstance(stream, dict) else None
    if isinstance(series, bool) or not isinstance(series, int) or not 0 < series <= LARGEST_SERIES:
        raise _bad(f"{where}.Datastream.@iot.id", f"A whole number from 1 to {LARGEST_SERIES} is expected")
    if not isinstance(names, list) or not all(name in _COMPONENTS for name in names) or _RESULT not in names:
        raise _bad(f"{where}.components", f"A list with result is expected, of {', '.join(_COMPONENTS)}")
    if not isinstance(rows, list) or set(map(type, rows)) - {list}:
        raise _bad(f"{where}.dataArray", "A list of rows is expected, each a list in the order of components")
    if set(map(len, rows)) - {len(names)}:
        at = next(at for at, row in enumerate(rows) if len(row) != len(names))
        raise _bad(f"{where}.dataArray[{at}]", f"{len(names)} values are expected, as components says")
    return _Group(series, names, rows)


def _together(groups: Sequence[_Group]) -> Arrays | None:
    """All at once, where every row is a time and a number."""
    texts: list[object] = []
    values: list[object] = []
    for group in groups:
        if group.rows:
            columns = dict(zip(group.names, zip(*group.rows, strict=True), strict=True))
            texts += columns[_TIME]
            values += columns[_RESULT]
    if set(map(type, values)) - _PLAIN:
        return None
    at, usable = times_of(texts)
    numbers = _numbers(values)
    if numbers is None or not usable.all():
        return None
    lengths = [len(group.rows) for group in groups]
    series = np.repeat(np.array([group.series for group in groups], np.int32), lengths)
    return Arrays(Columns.of(series, at, numbers), {}, usable)


def _numbers(values: Sequence[object]) -> NDArray[np.float64] | None:
    try:
        return np.array(values, np.float64)
    except OverflowError:
        return None


def _read_each(group: _Group, now_ms: int) -> Arrays:
    """Row by row: anything that carries more than a time and a number."""
    observed = [_observed(dict(zip(group.names, row, strict=True)), now_ms) for row in group.rows]
    kept = [one for one in observed if one is not None]
    columns = Columns.of([group.series] * len(kept), [one.at for one in kept], [one.value for one in kept])
    extras = {row: _extra(one) for row, one in enumerate(kept) if one.extra or one.feature}
    return Arrays(columns, extras, np.array([one is not None for one in observed], np.bool_))


def _observed(members: dict[str, object], now_ms: int) -> Observed | None:
    for name in _FEATURES:
        if members.get(name) is not None:
            members["FeatureOfInterest"] = {"@iot.id": members[name]}
        members.pop(name, None)
    try:
        found = created(OBSERVATION, members, instant(now_ms))
    except BadBody:
        return None
    return found if isinstance(found, Observed) else None


def _extra(one: Observed) -> dict[str, object]:
    feature = {"feature": one.feature.id} if isinstance(one.feature, Ref) else {}
    return {**one.extra, **feature}


def _bad(where: str, problem: str) -> BadBody:
    return BadBody([Fault(where, "", f"{problem}.")])


def answer_to(arrays: Arrays, fate: NDArray[np.int8], base: str) -> bytes:
    """The address of each reading in the order of the body; "error" for those that were not kept."""
    columns = arrays.columns
    ids = (columns.series.astype(np.int64) << TIME_BITS) | (columns.at - SINCE_2000)
    kept = (fate == Fate.NEW) | (fate == Fate.AGAIN)
    head = f'"{base}/Observations('
    if kept.all() and arrays.usable.all():
        return ("[" + ",".join([f'{head}{one})"' for one in ids.tolist()]) + "]").encode()
    pairs = zip(ids.tolist(), kept.tolist(), strict=True)
    told = iter([f'{head}{one})"' if good else _ERROR for one, good in pairs])
    return ("[" + ",".join([next(told) if one else _ERROR for one in arrays.usable.tolist()]) + "]").encode()


def array_of(
    rows: Sequence[Mapping[str, object]], streams: Sequence[int], base: str
) -> Iterator[dict[str, object]]:
    """Rows of observations as data arrays, one for each datastream in the order in which it comes first."""
    groups: dict[int, list[Mapping[str, object]]] = {}
    for row, stream in zip(rows, streams, strict=True):
        groups.setdefault(stream, []).append(row)
    for stream, members in groups.items():
        names = list(
            dict.fromkeys(name for row in members for name in row if "@iot." not in name or name == "@iot.id")
        )
        yield {
            "Datastream@iot.navigationLink": f"{base}/Datastreams({stream})",
            "components": ["id" if name == "@iot.id" else name for name in names],
            "dataArray@iot.count": len(members),
            "dataArray": [[row.get(name) for name in names] for row in members],
        }
