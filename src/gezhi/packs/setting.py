"""Whether staff may set a parameter so, from that day on. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from gezhi.packs.shapes import Limit, Parameter
from gezhi.packs.shapes.base import LENGTH

AHEAD = timedelta(days=3 * 366)


class NotSet(Exception):
    """A value that cannot be set. `code` is stable; `zh` and `en` say what, and what is possible."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True, slots=True)
class Wanted:
    """`value`: a length such as `2 working days`, or a number, as typed."""

    key: str
    since: date
    value: str
    source: str


def limit_of(wanted: Wanted, parameter: Parameter | None, today: date) -> Limit:
    """The limit that is wanted. Raises NotSet."""
    if parameter is None:
        raise NotSet(
            "unknown-parameter",
            f"没有参数“{wanted.key}”。",
            f"No active pack has the parameter '{wanted.key}'. The list of parameters names those that exist.",
        )
    if not today <= wanted.since <= today + AHEAD:
        raise NotSet(
            "bad-day",
            f"生效日期应在 {today} 至 {today + AHEAD} 之间，过去的值不能改。",
            f"{wanted.since} is no day to begin: choose one from {today} to {today + AHEAD}; the past stays.",
        )
    if len(wanted.source.strip()) < 3:
        raise NotSet("no-source", "请写明依据。", "Say on whose word the value rests: a source.")
    return _limit(wanted, is_number=parameter.values[0].number is not None)


def _limit(wanted: Wanted, *, is_number: bool) -> Limit:
    value, source = wanted.value.strip(), wanted.source.strip()
    if is_number:
        return Limit(since=wanted.since, number=_number(value), source=source)
    if not re.fullmatch(LENGTH, value):
        raise NotSet(
            "bad-length",
            f"“{value}”不是时长，应如“2 working days”。",
            f"'{value}' is no length. Write a number and working minutes, working hours, working days, "
            "minutes, hours or days.",
        )
    return Limit(since=wanted.since, length=value, source=source)


def _number(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise NotSet(
            "bad-number", f"“{text}”不是数，应如 0.1 或 30。", f"'{text}' is no number such as 0.1 or 30."
        )
    return float(text)
