"""How many closings by formality are found, and how many honest ones are refused.

Usage: closing.py [how many]; 2,000 closings, every second one with a known trick. The peer is what is asked for:
at least 95 % found, at most 1 % of the honest ones refused.
"""

import sys
import time

from _node import start, tell


def main(count: int) -> None:
    start()
    from benchmarks._closings import by_trick, false_share, found_share, play

    began = time.perf_counter()
    ones = play(count)
    each = (time.perf_counter() - began) / count * 1000
    tell(
        "closing.found",
        found_share(ones),
        "share",
        "asked for, at least",
        0.95,
        closings=count,
        by=by_trick(ones),
    )
    tell(
        "closing.false",
        false_share(ones),
        "share",
        "asked for, at most",
        0.01,
        milliseconds_each=round(each, 1),
    )


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
