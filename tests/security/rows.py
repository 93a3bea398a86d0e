"""Cases as an export tells them, for drills: as many as are asked for, always the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

HERE: Final = ZoneInfo("Asia/Shanghai")
BEGIN: Final = datetime(2026, 1, 5, 8, 0, 0)  # noqa: DTZ001 - exports tell local times without a zone
DUE: Final = 8  # the column that is never rounded
_TITLES: Final = (
    "路灯不亮",
    "垃圾堆满了没人收",
    "井盖松动",
    "占道经营",
    "树枝压住电线",
    "下水道堵塞",
    "违规停车",
    "噪声扰民",
)
_PLACES: Final = tuple((f"宁波市海曙区第{n}社区", f"3302030{n:02}001") for n in range(60))
_UNITS: Final = ("海曙区综合行政执法局", "南门街道办事处", "宁波市市政管理局", "江北区综合行政执法局")
_STATES: Final = ("待受理", "待派遣", "处置中", "待核查", "已办结")


@dataclass(frozen=True)
class Case:
    number: str
    title: str
    category: str
    place: int
    opened: datetime
    closed: datetime
    unit: str

    def row(self, now: datetime) -> list[object]:
        """As it stood at an instant."""
        gone = (now - self.opened) / (self.closed - self.opened)
        state = _STATES[min(4, int(gone * 5))]
        done = self.closed if now >= self.closed else None
        place, code = _PLACES[self.place]
        return [
            *(self.number, self.title, self.category, state, place, code, self.unit),
            *(self.opened, self.opened.replace(microsecond=0) + timedelta(days=7), done, 0, 1, 0, None),
        ]


def cases(count: int, seed: int = 1) -> list[Case]:
    """One every ten minutes on average."""
    rng, found, at = Random(seed), [], BEGIN
    for n in range(count):
        at += timedelta(seconds=rng.expovariate(1 / 600))
        title = rng.choice(_TITLES) + (f"（{rng.randrange(400)}号楼）" if rng.random() < 0.6 else "")
        closed = at + timedelta(hours=rng.uniform(2, 300))
        place, unit = rng.randrange(len(_PLACES)), rng.choice(_UNITS)
        found.append(Case(f"GZ2026{n:06}", title, f"类别{rng.randrange(40)}", place, at, closed, unit))
    return found


def exported(chosen: Sequence[Case], now: datetime) -> list[list[object]]:
    return [case.row(now) for case in chosen]
