"""One watch, one minute at a time: what monitors mean, written once more and slowly.

Nothing here knows events, columns or states of arrays. Each minute it looks at everything that is known and asks the
rules again, as Prometheus evaluates its rules at each tick.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from gezhi.packs.monitor_rules import names_for
from gezhi.packs.shapes import LEVELS, Monitor, seconds_of
from gezhi.rules import Rule, compile_rule

MINUTE = 60_000
BEIJING = timezone(timedelta(hours=8))


@lru_cache
def compiled(text: str) -> Rule:
    return compile_rule(text, names_for(text))


@dataclass
class Series:
    """Readings by time, ms; `holds`: how long one does."""

    holds: int
    readings: dict[int, float] = field(default_factory=dict)

    def newest(self, at: int) -> tuple[int, float] | None:
        times = [time for time in self.readings if time <= at]
        return (max(times), self.readings[max(times)]) if times else None

    def before(self, at: int) -> tuple[int, float] | None:
        times = [time for time in self.readings if time < at]
        return (max(times), self.readings[max(times)]) if times else None


@dataclass
class Alert:
    active: int | None = None
    fires: bool = False
    gone: int | None = None

    def evaluate(self, holds: bool | None, now: int, hold: int, keep: int) -> None:
        if holds is None:
            return
        if holds:
            self.gone = None
            if self.active is None:
                self.active = now
            if not self.fires and now - self.active >= hold:
                self.fires = True
        elif self.fires:
            if self.gone is None:
                self.gone = now
            if now - self.gone >= keep:
                self.active, self.fires, self.gone = None, False, None
        else:
            self.active = None


@dataclass
class Watcher:
    monitor: Monitor
    own: Series
    others: Mapping[str, Series]
    began: int
    alerts: dict[str, Alert] = field(default_factory=lambda: {level: Alert() for level in LEVELS})
    level: int = 0
    raised: int | None = None
    risen: bool = False
    lower_since: int | None = None

    def run(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(when, level before, level after), minute by minute, both ends included."""
        for now in range(start, end + 1, MINUTE):
            was = self.level
            self.tick(now)
            if self.level != was:
                yield now, was, self.level

    def tick(self, now: int) -> None:
        answers = {level: self.ask(level, now) for level in self.rules()}
        if self.monitor.hours and not self.in_hours(now):
            answers = dict.fromkeys(answers, False)
        elif self.monitor.silent is None and not any("age" in text for text in self.rules().values()):
            newest = self.own.newest(now)
            if newest is None or now - newest[0] > self.own.holds:
                answers = dict.fromkeys(answers, None)
        for level, answer in answers.items():
            hold, keep = (self.ms(span) for span in (self.monitor.for_, self.monitor.keep))
            self.alerts[level].evaluate(answer, now, hold, keep)
        if set(answers.values()) != {None}:
            self.settle(now, any(answer for answer in answers.values()))

    def settle(self, now: int, holds: bool) -> None:
        wanted = max((n for n, level in enumerate(LEVELS, 1) if self.alerts[level].fires), default=0)
        if wanted == 0:
            self.level, self.raised, self.risen, self.lower_since = 0, None, False, None
            return
        self.raised = now if self.raised is None else self.raised
        up, down = self.monitor.escalate, self.monitor.downgrade
        if up and holds and now - self.raised >= self.ms(up.after):
            self.risen = True
        if up and self.risen:
            wanted = max(wanted, LEVELS.index(up.to) + 1)
        if wanted >= self.level or down is None:
            self.level, self.lower_since = wanted, None
            return
        self.lower_since = now if self.lower_since is None else self.lower_since
        if now - self.lower_since >= self.ms(down.after):
            self.level, self.lower_since = wanted, None

    def rules(self) -> dict[str, str]:
        silent = {level: f"age >= {seconds}" for level, seconds in self.monitor.silences.items()}
        return {**self.monitor.levels, **silent}

    def ask(self, level: str, now: int) -> bool | None:
        text = self.rules()[level]
        answer = compiled(text).value(self.facts(now))
        return answer if isinstance(answer, bool) else None

    def facts(self, now: int) -> dict[str, float | None]:
        local = datetime.fromtimestamp(now / 1000, UTC).astimezone(BEIJING)
        facts: dict[str, float | None] = {
            "hour": local.hour, "weekday": local.isoweekday(), "month": local.month,
            **{name: self.known(series, now) for name, series in self.others.items()},
        }  # fmt: skip
        newest = self.own.newest(now)
        facts["age"] = (now - max(newest[0] if newest else 0, self.began)) / 1000
        if newest is None or now - newest[0] > self.own.holds:
            return facts
        facts["value"] = newest[1]
        before = self.own.before(newest[0])
        if before and newest[0] - before[0] <= self.own.holds:
            facts["step"] = newest[1] - before[1]
            facts["rate"] = facts["step"] / ((newest[0] - before[0]) / 3_600_000)
        return facts

    def known(self, series: Series, now: int) -> float | None:
        newest = series.newest(now)
        return newest[1] if newest and now - newest[0] <= series.holds else None

    def in_hours(self, now: int) -> bool:
        clock = datetime.fromtimestamp(now / 1000, UTC).astimezone(BEIJING).strftime("%H:%M")
        for window in self.monitor.hours:
            start, end = window.split("-")
            if (start <= clock < end) if start < end else (clock >= start or clock < end):
                return True
        return False

    @staticmethod
    def ms(span: str | None) -> int:
        return seconds_of(span) * 1000 if span else 0
