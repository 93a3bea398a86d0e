"""What a case is told of a warning, in the language of its history. Pure."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final, Protocol

from gezhi.packs.shapes import LEVELS, Monitor
from gezhi.packs.units import UNITS

LEVEL_ZH: Final = dict(zip(LEVELS, ("蓝色", "黄色", "橙色", "红色"), strict=True))
SHOWN: Final = 5  # things named


class Said(Protocol):
    """What is said of an alarm. `value`: None where none was known."""

    @property
    def name(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def value(self) -> float | None: ...


class Standing(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def ended_at(self) -> datetime | None: ...


def told_first(warning: Standing, monitor: Monitor, members: Sequence[Said], zone: tzinfo) -> str:
    """Members: the highest and oldest first."""
    level = LEVEL_ZH[LEVELS[warning.level - 1]]
    return (
        f"{monitor.title.zh}（{level}预警），{len(members)} 处：{_named(members, monitor, zone)}。"
        f"提示：{monitor.todo.zh}。预警编号 {warning.id}。"
    )


def told_again(warning: Standing, monitor: Monitor, members: Sequence[Said], zone: tzinfo) -> str:
    """A level reached, or the end."""
    if warning.ended_at:
        ended = f"{warning.ended_at.astimezone(zone):%m-%d %H:%M}"
        return f"{monitor.title.zh}：{ended} 读数已恢复正常。预警编号 {warning.id}。"
    level = LEVEL_ZH[LEVELS[warning.level - 1]]
    return (
        f"{monitor.title.zh}升为{level}预警，{len(members)} 处：{_named(members, monitor, zone)}。"
        f"预警编号 {warning.id}。"
    )


def _named(members: Sequence[Said], monitor: Monitor, zone: tzinfo) -> str:
    shown = "、".join(_one(member, monitor, zone) for member in members[:SHOWN])
    return f"{shown}等" if len(members) > SHOWN else shown


def _one(member: Said, monitor: Monitor, zone: tzinfo) -> str:
    symbol = UNITS[monitor.unit].symbol if monitor.unit in UNITS else monitor.unit
    reading = (
        ""
        if member.value is None or monitor.silent
        else f"，读数 {member.value:g}{f' {symbol}' if symbol else ''}"
    )
    return f"{member.name}（{member.since.astimezone(zone):%H:%M} 起{reading}）"
