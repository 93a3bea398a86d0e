"""How good forecasts, onset warnings and the finding of attacks are on recorded series.

`python -m tests.sensing.skill`, or with `air` or `water` one of the two; `air 6 24` only some lead times; `--store`
FILE keeps the forecaster.

Air: PRSA, six stations of Beijing, learned to the end of February 2016, tested on March 2016 to February 2017; the
published figures were of twelve stations, so persistence stands beside ours. Water: BATADAL, the rule of alarms chosen
on the labelled training attacks, the test's labels read once, for the score.
"""

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.alarming import Rule, alarms, chosen, settled
from gezhi.sensing.forecasting.backtesting import Skill, backtest, with_skill
from gezhi.sensing.forecasting.detecting import Detection, detection
from gezhi.sensing.forecasting.expecting import learn
from gezhi.sensing.forecasting.features import Plan
from gezhi.sensing.forecasting.keeping import digest, packed
from gezhi.sensing.forecasting.model import Forecaster
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.training import Effort, train
from tests.sensing.recorded import BATADAL_CLEAN, Absent, batadal, beijing, hour_of

AHEAD = (1, 6, 24)
LIMIT = 75.0  # micrograms per m3, the day's limit of class 2 in GB 3095-2012
WANTED_ERROR = {1: 8.99, 6: 25.99, 24: 48.05}
WANTED_CSI = {1: 0.36, 6: 0.41, 24: 0.36}
PUBLISHED_OVER_PERSISTENCE = {1: 0.124, 6: 0.185, 24: 0.173}
TEST_FROM = (2016, 3, 1)
OTHERS = (
    "PM10",
    "SO2",
    "NO2",
    "CO",
    "O3",
    "TEMP",
    "PRES",
    "DEWP",
    "DRY",
    "RAIN",
    "WSPM",
    "WIND_EAST",
    "WIND_NORTH",
)


def plan() -> Plan:
    return Plan("PM2.5", OTHERS, beside=5)


def air(
    panel: Panel, effort: Effort | None = None, ahead: tuple[int, ...] = AHEAD
) -> tuple[Forecaster, tuple[Skill, ...]]:
    """Learned before the test begins, tested to the end."""
    begin = hour_of(*TEST_FROM) - panel.start
    made = train(panel.cut(0, begin), plan(), ahead, LIMIT, "2016-03-01", effort)
    skills = backtest(made, panel, begin, panel.hours)
    return with_skill(made, skills), skills


def water() -> tuple[Rule, Detection, Detection]:
    """The rule, its detection on the known attacks that it was chosen on, and on the test."""
    (names, *first), (_names, *second) = batadal("clean"), batadal("known")
    hours, values, attacked = (np.concatenate(pair) for pair in zip(first, second, strict=True))
    network, all_surprises = learn(names, values, _clock(hours), ~attacked)
    surprises, attacked = settled(all_surprises)[BATADAL_CLEAN:], attacked[BATADAL_CLEAN:]
    rule = chosen(surprises, attacked)
    known = detection(alarms(surprises, rule).on, attacked)
    _names, hours, values, attacked = batadal("test")
    tested = alarms(settled(network.surprises(values, _clock(hours))), rule)
    return rule, known, detection(tested.on, attacked)


def _clock(hours: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return hours.astype("datetime64[h]").astype(np.int64) % 24


def told(one: Skill) -> str:
    peers = f"persistence {one.persistence:.2f}  day before {one.day_before:.2f}  climatology {one.climatology:.2f}"
    onset = one.onset
    return (
        f"+{one.hours} h  MAE {one.error:.2f} (wanted {WANTED_ERROR[one.hours]})  {peers}  "
        f"over persistence {one.over('persistence'):+.1%} (published {PUBLISHED_OVER_PERSISTENCE[one.hours]:+.1%})\n"
        f"       inside 90 %: {one.inside:.1%}, width {one.width:.1f}\n"
        f"       onset over {LIMIT:g}: CSI {onset.csi:.3f} (wanted {WANTED_CSI[one.hours]})  POD {onset.pod:.2f}  "
        f"FAR {onset.far:.2f}  base rate {onset.base_rate:.3f}  by the forecast alone {one.by_forecast.csi:.3f}  "
        f"always warned {one.always.csi:.3f}"
    )


def tell_air(ahead: tuple[int, ...], store: str | None) -> None:
    panel = beijing()
    begin = time.perf_counter()
    made, skills = air(panel, ahead=ahead)
    print(
        f"PRSA PM2.5, 6 stations, {skills[0].rows} rows, learned and tested in {time.perf_counter() - begin:.0f} s"
    )
    for one in skills:
        print(told(one))
    content = packed(made)
    trees = ", ".join(f"+{one.hours} h {len(one.middle.roots)}" for one in made.aheads)
    print(
        f"file {len(content) / 1e6:.2f} MB, sha256 {digest(content)[:16]}, made {made.made_on}, trees {trees}"
    )
    if store:
        Path(store).write_bytes(content)


def tell_water() -> None:
    rule, known, tested = water()
    print(f"BATADAL {rule}")
    for name, one in (("known attacks", known), ("test", tested)):
        print(
            f"{name}: found {one.found} of {one.attacks}  "
            f"S {one.score:.3f}  S_TTD {one.soon:.3f}  S_CLF {one.right:.3f}"
        )


def main() -> None:
    asked = sys.argv[1:]
    try:
        if asked[:1] != ["water"]:
            ahead = tuple(int(one) for one in asked if one.isdigit()) or AHEAD
            tell_air(ahead, asked[asked.index("--store") + 1] if "--store" in asked else None)
        if asked[:1] != ["air"]:
            tell_water()
    except Absent as absent:
        raise SystemExit(str(absent)) from absent


if __name__ == "__main__":
    main()
