"""A parser of ours as the fuzzer sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Parser:
    """`read` answers, or raises one of `refusals`: anything else is a fault. `modules`: of ours that it is read by,
    below gezhi. `largest`: bytes or characters that can reach it; `long`: inputs of that size. `raw`: its input from
    plain bytes, for a fuzzer that steers by what code was reached."""

    name: str
    modules: tuple[str, ...]
    read: Callable[[Any], object]
    inputs: st.SearchStrategy[Any]
    refusals: tuple[type[Exception], ...] = ()
    long: Callable[[], Sequence[Any]] = tuple
    raw: Callable[[bytes], Any] | None = None


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
