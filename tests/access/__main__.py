"""`python -m tests.access [SEAT ...]`: the whole matrix, every seat and every place; prints what was asked and what
leaked."""

import json
import sys
from collections import defaultdict

from tests.access.node import clock, town


def main() -> int:
    with town() as matrix:
        from tests.access import oracle, weighing
        from tests.access.matrix import Tried
        from tests.access.posts import SEATS

        begun = clock()
        seats, tried, told_of = sys.argv[1:] or list(SEATS), Tried(), 0
        for seat in seats:
            matrix.run([*matrix.plan([seat]), *matrix.pseudo([seat])], tried)
            said = f"{seat or 'stranger'}: {tried.requests} requests, {len(tried.leaks)} leaks, {clock() - begun:.0f} s"
            print(said, file=sys.stderr, flush=True)
            for leak in tried.leaks[told_of:]:
                print(f"  {leak}", file=sys.stderr, flush=True)
            told_of = len(tried.leaks)
        unequal = weighing.unequal(matrix)
        unseen = sorted(
            f"{sign.kind}@{sign.at}"
            for sign in matrix.town.book.signs.values()
            if sign.text not in tried.seen and sign.kind not in oracle.NEVER_SHOWN
        )
        told = defaultdict[str, set[str]](set)
        for leak in tried.leaks:
            told[f"{leak.ask.pattern} {leak.sign.kind if leak.sign else 'changed'}"].add(
                f"{leak.seat}@{leak.at}"
            )
    for name, whose in sorted(told.items()):
        print("LEAK", name, *sorted(whose))
    for one in (*tried.broken, *unequal):
        print("BROKEN" if one in tried.broken else "UNEQUAL", one)
    print(*(f"UNSEEN {one}" for one in unseen), sep="\n")
    print(
        json.dumps(
            {
                "routes": len(tried.statuses),
                "seats": len(seats),
                "requests": tried.requests,
                "checks": tried.checks,
                "signs": len(matrix.town.book.signs),
                "marks_left": tried.wrote,
                "weighed": weighing.many(),
                "leaks": len(tried.leaks),
                "unequal": len(unequal),
                "unseen": len(unseen),
                "broken": len(tried.broken),
                "seconds": round(clock() - begun, 1),
            }
        )
    )
    return 1 if tried.leaks or unequal or unseen or tried.broken else 0


if __name__ == "__main__":
    sys.exit(main())
