"""Bytes that are steered by what code they reached (atheris, libFuzzer), for the parsers that read bytes or text.

.venv/bin/python -m pip install --require-hashes -r requirements-fuzz.lock --target var/fuzz-packages
PYTHONPATH=var/fuzz-packages .venv/bin/python -m tests.fuzz --coverage --seconds 60
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.parser import Parser

LONGEST = 4096  # bytes of one input
PATIENCE = 20  # seconds for one input
ROOM = 2048  # MB


def steered(parsers: Sequence[Parser], seconds: float) -> int:
    """Each in a process of its own: libFuzzer ends the one it runs in."""
    print(f"{'parser':48}{'inputs':>10}{'reached':>9}{'found':>7}")
    found = tried = 0
    for parser in parsers:
        if parser.raw is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.fuzz.steered", parser.name, str(seconds), folder]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        units = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
        reached = re.findall(r"cov: (\d+)", done.stderr)
        broke = done.returncode != 0
        found, tried = found + broke, tried + int(units[-1] if units else 0)
        print(
            f"{parser.name:48}{int(units[-1] if units else 0):10,}{int(reached[-1] if reached else 0):9,}{broke:7}",
            flush=True,
        )
        if broke:
            print("  " + "\n  ".join((done.stdout + done.stderr).splitlines()[-12:]))
    print(f"{tried:,} inputs, {found} found")
    return 1 if found else 0


def one(name: str, seconds: str, folder: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["gezhi"], enable_loader_override=False):
        from tests.fuzz.__main__ import settle

        settle()
        from tests.fuzz.every import every

        parser = next(found for found in every() if found.name == name)
    raw = parser.raw
    assert raw is not None

    def read(data: bytes) -> None:
        try:
            parser.read(raw(data))
        except parser.refusals:
            return

    bounds = [f"-max_total_time={int(float(seconds))}", f"-max_len={LONGEST}", f"-timeout={PATIENCE}"]
    bounds += [f"-rss_limit_mb={ROOM}", "-print_final_stats=1", f"-artifact_prefix={folder}/"]
    seeds = Path(folder) / "seeds"
    seeds.mkdir()
    for number, value in enumerate(beginnings(parser)):
        (seeds / str(number)).write_bytes(value)
    atheris.Setup([sys.argv[0], *bounds, str(seeds)], read)
    atheris.Fuzz()


def beginnings(parser: Parser) -> list[bytes]:
    """Some of its own inputs, to begin from."""
    from hypothesis import given, seed

    from tests.drawn import drawn

    found = []

    @seed(1)
    @drawn(50)
    @given(parser.inputs)
    def keep(value: object) -> None:
        data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        found.append(bytes(data)[:LONGEST])  # type: ignore[call-overload]

    keep()
    return found


if __name__ == "__main__":
    one(*sys.argv[1:])
