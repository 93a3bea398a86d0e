"""`python -m tests.fuzz --seconds N`: every parser for N seconds; a table of what was tried and found."""

import argparse
import os
import sys
import tempfile
from pathlib import Path


def settle() -> None:
    """Settings of a node that has nothing: no database is asked."""
    folder = Path(tempfile.mkdtemp(prefix="gezhi-fuzz-node-"))
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    os.environ["GEZHI_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gezhi.config.settings"
    import django

    django.setup()


def main() -> int:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--seconds", type=float, default=10.0, help="for each parser")
    read.add_argument("--only", default="", help="parsers whose names hold these words")
    read.add_argument("--seed", type=int, default=0, help="another one gives other inputs")
    read.add_argument(
        "--coverage", action="store_true", help="steered by what code was reached (needs atheris)"
    )
    asked = read.parse_args()
    settle()
    from tests.fuzz.every import every
    from tests.fuzz.running import run_for

    parsers = [one for one in every() if asked.only in one.name]
    if asked.coverage:
        from tests.fuzz.steered import steered

        return steered(parsers, asked.seconds)
    print(f"{'parser':48}{'inputs':>9}{'refused':>9}{'slowest':>9}{'found':>7}")
    outcomes = []
    for parser in parsers:
        outcome = run_for(parser, asked.seconds, asked.seed)
        outcomes.append(outcome)
        print(
            f"{parser.name:48}{outcome.tried:9,}{outcome.refused:9,}{outcome.slowest:8.2f}s{len(outcome.faults):7}",
            flush=True,
        )
        for fault in outcome.faults.values():
            print(f"  {fault}")
    found = sum(len(one.faults) for one in outcomes)
    print(f"{len(outcomes)} parsers, {sum(one.tried for one in outcomes):,} inputs, {found} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
