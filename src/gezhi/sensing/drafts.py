"""Things and readings as somebody outside sends them, before they are kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gezhi.lib.refused import Refused

THING, LOCATION, HISTORICAL_LOCATION, DATASTREAM = "Thing", "Location", "HistoricalLocation", "Datastream"
SENSOR, OBSERVED_PROPERTY, FEATURE = "Sensor", "ObservedProperty", "FeatureOfInterest"
OBSERVATION: Final = "Observation"
Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that is there already."""

    id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """`values`: by column. `links`: by name, each of one or several. `box`: around its geometry."""

    kind: str
    values: Mapping[str, object]
    links: Mapping[str, "tuple[Linked, ...]"] = field(default_factory=dict)
    box: Box | None = None

    def link(self, name: str) -> "Linked | None":
        return next(iter(self.links.get(name, ())), None)


@dataclass(frozen=True, slots=True)
class Observed:
    """One reading. `at`: ms since 1970. `extra`: what is kept beside number and time."""

    at: int
    value: float
    extra: Mapping[str, object] = field(default_factory=dict)
    datastream: "Ref | Draft | None" = None
    feature: "Ref | Draft | None" = None


Linked = Ref | Draft | Observed


def unknown(kind: str, number: int) -> Refused:
    return Refused(
        f"unknown-{kind.lower()}",
        f"没有编号为 {number} 的 {kind}，或不在您的辖区内。",
        f"There is no {kind} {number}, or your posts do not reach it.",
    )


def lacks(kind: str, name: str) -> Refused:
    return Refused(
        "missing-link",
        f"{kind} 必须带上 {name}：给出编号，或把它一起写出来。",
        f"A {kind} needs a {name}: give its @iot.id, or write it out.",
    )


def not_your_place(place: str) -> Refused:
    return Refused(
        "not-your-place",
        f"位置在 {place}，不在您岗位的辖区内。请由当地岗位登记。",
        f"The position lies in {place}, which your posts do not reach. Let a post of that place do it.",
    )


def no_post() -> Refused:
    return Refused(
        "no-post",
        "登记设备需要有任职岗位；请用有岗位账号的密钥。",
        "Things are kept by somebody in post. Use the key of an account with a post.",
    )


def no_place_for(series: int) -> Refused:
    return Refused(
        "no-feature",
        f"数据流 {series} 的设备没有位置，观测也没有写明对象；请先登记位置，或写明 FeatureOfInterest。",
        f"The thing of datastream {series} has no location and the observation names no FeatureOfInterest. Give one.",
    )


def too_many_readings(most: int) -> Refused:
    return Refused(
        "too-many-readings",
        f"这样会删掉超过 {most} 条观测。请缩短数据流的保存期限，由保存任务删除。",
        f"This would delete more than {most} observations. Shorten keep_days of the datastream; retention does it.",
    )


def too_many_streams() -> Refused:
    return Refused(
        "too-many-streams",
        "数据流编号已用完（4,194,303）。",
        "There are no more numbers for datastreams (4,194,303).",
    )


def contradicts(number: int) -> Refused:
    return Refused(
        "contradicts",
        "同一数据流同一时间已有不同的值，先到的保留；如需更正，请修改原观测。",
        f"This datastream has another value at this time, which stays. To correct it, PATCH Observations({number}).",
    )


def archived_reading(number: int) -> Refused:
    return Refused(
        "archived",
        f"观测 {number} 已归档，不再更改或删除；到保存期限后由保存任务删除。",
        f"Observation {number} is archived: it is not changed or deleted any more. Retention deletes it in its time.",
    )


def refused_reading() -> Refused:
    return Refused(
        "refused-reading",
        "时间早于 2000 年或晚于现在 10 分钟以上，或数值不是有限数，未予保存。",
        "Its time is before 2000 or more than 10 minutes ahead, or its value is not finite; nothing was kept.",
    )
