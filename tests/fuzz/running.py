"""Runs parsers over inputs and keeps watch: what they raise, how long they take, how much memory they want."""

import resource
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from hypothesis import given, seed

from tests.drawn import drawn
from tests.fuzz.parser import Parser

SLOW: Final = 2.0  # seconds of this thread's own work for one input
EACH: Final = 4e-6  # seconds more for each byte or character: a long list takes longer than a short one
HANGS: Final = 10  # seconds after which an input is given up
LARGE: Final = 600 * 1024  # KB by which one input may raise the process's highest memory
AT_ONCE: Final = 100  # inputs of one round


class Hangs(BaseException):
    """Not an Exception, so that no parser takes it for something of its own."""


@dataclass
class Outcome:
    """`faults`: one of each kind: what was raised or exceeded, and the input."""

    parser: Parser
    tried: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)


def try_one(parser: Parser, value: Any, outcome: Outcome) -> None:
    """Gives the parser one input and notes what was wrong with how it took it."""
    before, begun = _memory(), time.thread_time()
    wrong = ""
    try:
        with _patience(HANGS):
            parser.read(value)
    except parser.refusals:
        outcome.refused += 1
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # this is what is looked for
        wrong = f"{type(error).__name__} at {_place(error)}: {str(error)[:200]!r}"
    took, more = time.thread_time() - begun, _memory() - before
    outcome.tried += 1
    outcome.slowest = max(outcome.slowest, took)
    if not wrong and took > SLOW + EACH * _size(value):
        wrong = f"slow: {took:.1f} s"
    if not wrong and more > LARGE:
        wrong = f"large: {more // 1024} MB"
    if wrong:
        shown = repr(value)
        kind = wrong.partition(": ")[0]
        outcome.faults.setdefault(
            kind, f"{wrong}\n    {shown[:600]}{'…' if len(shown) > 600 else ''} ({len(shown)})"
        )


def run_for(parser: Parser, seconds: float, start: int = 0) -> Outcome:
    """Its long inputs once, then drawn ones until the time is over."""
    outcome = Outcome(parser)
    for value in parser.long():
        try_one(parser, value, outcome)
    until, number = time.monotonic() + seconds, start
    while time.monotonic() < until:
        run_drawn(parser, AT_ONCE, number, outcome)
        number += 1
    return outcome


def run_drawn(parser: Parser, count: int, number: int, outcome: Outcome) -> None:
    """`number`: the same gives the same inputs."""

    @seed(number)
    @drawn(count)
    @given(parser.inputs)
    def one(value: Any) -> None:
        try_one(parser, value, outcome)

    one()


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """Ends what never would: the time is that of the process's own work, so that a busy machine is no fault."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Hangs(f"no answer after {seconds} s")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes) else len(repr(value))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _place(error: BaseException) -> str:
    """The last line of ours that it came through."""
    lines = [line for line in traceback.extract_tb(error.__traceback__) if "/gezhi/" in line.filename]
    return f"{lines[-1].filename.rpartition('/gezhi/')[2]}:{lines[-1].lineno}" if lines else "elsewhere"
