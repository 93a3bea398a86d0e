"""`python -m tests.interop.stateful --minutes N`: every role calls every operation, with what earlier answers named."""

import argparse
import os
import sys

import pytest


def main() -> int:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--minutes", type=float, default=5.0)
    asked = read.parse_args()
    os.environ["WALK_MINUTES"] = str(asked.minutes)
    return int(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "tests/interop/test_walking.py"]))


if __name__ == "__main__":
    sys.exit(main())
