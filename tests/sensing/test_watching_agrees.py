"""The engine over columns says the same as a plain watcher that looks every minute, however readings are cut."""

from itertools import accumulate, pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gezhi.packs.shapes import Monitor
from tests.sensing.plain import MINUTE, Series, Watcher
from tests.sensing.watched import START, Node, Transition, monitor

LENGTH = 90  # minutes
HOLDS = (7, 7, 40, 200)  # minutes; a reading of exactly that age is known no more

spans = st.sampled_from([None, "1 minutes", "3 minutes", "10 minutes"])
windows = st.sampled_from(
    [
        (),
        ("00:10-00:40",),
        ("23:50-00:20", "00:30-00:35"),
        ("00:00-00:30", "00:30-01:00"),
        ("00:10-00:20", "00:25-00:40", "01:00-01:10"),
    ]
)
rules = st.sampled_from([
    {"blue": "value > 2"},
    {"blue": "value > 1", "yellow": "value > 2", "red": "value > 3"},
    {"yellow": "value >= 2 || value < 0", "orange": "value >= 3"},
    {"blue": "step > 1", "orange": "rate > 120"},
    {"blue": "value > other.rain", "red": "value > other.rain + 1"},
    {"blue": "value > forecast && other.rain > 0"},
    {"blue": "has(other.rain) ? value > 1 : value > 3", "orange": "has(value) && value > 3"},
    {"blue": "age >= 300 && age < 900 || value > 3"},
    {"blue": "value > 0 && hour >= 0", "red": "value > other.rain"},
    {"blue": "value > 1 || has(other.rain)", "orange": "value > 3"},
    {"blue": "hour >= 1 && value > 1", "red": "weekday == 2 && month == 9 && value > 2"},
])  # fmt: skip
rule_based = st.builds(
    lambda levels, hold, keep, hours, rises, falls: {
        "levels": levels, **({"for": hold} if hold else {}), **({"keep": keep} if keep else {}), "hours": hours,
        **({"escalate": {"after": rises, "to": "orange"}} if rises else {}),
        **({"downgrade": {"after": falls}} if falls else {}),
    },
    rules, spans, spans, windows, spans, spans,
)  # fmt: skip
silent = st.builds(
    lambda spans, keep, hours: {"silent": spans, **({"keep": keep} if keep else {}), "hours": hours},
    st.sampled_from(["5 minutes", {"blue": "3 minutes", "red": "12 minutes"}]),
    spans,
    windows,
)
monitors = st.one_of(rule_based, silent).map(lambda keys: monitor(**keys))
minutes = st.integers(0, LENGTH).map(lambda minute: START + minute * MINUTE)
values = st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
gaps = st.lists(st.tuples(st.sampled_from([1, 1, 2, 3, 5, 9, 20]), values), max_size=40)


def placed(found: list[list[tuple[int, float]]]) -> list[tuple[int, int, float]]:
    """Readings of each series from gaps between them, as far as the length goes."""
    return [
        (series, START + minute * MINUTE, value)
        for series, pairs in enumerate(found)
        for minute, (_, value) in zip(accumulate(gap for gap, _ in pairs), pairs, strict=True)
        if minute <= LENGTH
    ]


readings = st.tuples(gaps, gaps, gaps, gaps).map(list).map(placed)
holds = st.tuples(*[st.sampled_from(HOLDS)] * 4).map(lambda all_: tuple(one * MINUTE - 1 for one in all_))

OWN, RAIN, FORECAST = (0, 3), (1, -1), (2, 1)  # two watched series; the second has no rain gauge


def plainly(
    one: Monitor, given_readings: list[tuple[int, int, float]], held: tuple[int, ...]
) -> list[Transition]:
    series = [Series(hold) for hold in held]
    for whose, at, value in given_readings:
        series[whose].readings[at] = value
    found = []
    for watch, own in enumerate(OWN):
        named = {"other.rain": RAIN[watch], "forecast": FORECAST[watch]}
        others = {name: series[whose] for name, whose in named.items() if whose >= 0}
        watcher = Watcher(one, series[own], others, START)
        found += [(watch, *moved) for moved in watcher.run(START, START + LENGTH * MINUTE)]
    return sorted(found, key=lambda moved: (moved[1], moved[0]))


def by_engine(
    one: Monitor,
    given_readings: list[tuple[int, int, float]],
    held: tuple[int, ...],
    cuts: list[int],
    ticks: set[int],
) -> list[Transition]:
    """`cuts`: where one batch ends; between batches whose bound is in `ticks` the timer runs too."""
    node = Node.of(one, OWN, held, other__rain=RAIN, forecast=FORECAST)
    bounds = [START - 1, *sorted(cuts), START + LENGTH * MINUTE]
    found: list[Transition] = []
    for start, end in pairwise(bounds):
        found += node.take([reading for reading in given_readings if start < reading[1] <= end])
        if end in ticks:
            found += node.tick(end)
    found += node.tick(START + LENGTH * MINUTE)
    return sorted(found, key=lambda moved: (moved[1], moved[0]))


FRESH_AGAIN = (
    monitor(levels={"blue": "value > 0 && other.rain > 0"}, hours=["00:10-00:20"]),
    [(1, START + 6 * MINUTE, 2.0), (0, START + 9 * MINUTE, 4.0), (0, START + 30 * MINUTE, 4.0)],
    (40 * MINUTE - 1,) * 4,
)  # a reading that says no like the one before it, but brings forward when to look again


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(monitors, readings, holds, st.lists(minutes, max_size=6))
@example(*FRESH_AGAIN, [])
def test_the_engine_agrees_with_a_look_every_minute_however_readings_are_cut(
    one: Monitor, found: list[tuple[int, int, float]], held: tuple[int, ...], cuts: list[int]
) -> None:
    expected = plainly(one, found, held)
    assert by_engine(one, found, held, [], set()) == expected
    assert by_engine(one, found, held, cuts, set(cuts[::2])) == expected
    assert by_engine(one, found, held, [START + n * MINUTE for n in range(LENGTH)], set()) == expected
