"""`python -m tests.access.plants`: each scope filter of the source is taken out in turn, and the matrix must notice.

    --only TEXT,... plants whose file, function or words hold one of these
    --routes TEXT,... only addresses that hold one of these are asked
    --sample N      N of them, spread over the source

A filter is caught when one of the requests that ask it shows a sign, leaves a mark, or weighs otherwise. The second
wall is open meanwhile (each request reaches everything), so that the first stands alone; filters that are the second
wall are tried with statements under the reach of each seat.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from unittest import mock

from tests.access import planting
from tests.access.node import clock, town
from tests.access.planting import PLANTS, Site

if TYPE_CHECKING:
    from tests.access.matrix import Matrix
    from tests.access.routes import Ask

Turn = tuple[str, "Ask"]
MOST: Final = 24  # requests asked of one plant
SEATS: Final = {  # seat -> what its addresses hold ("": it asks all)
    "t-dispatcher": "",
    "t-handler": "",
    "t-verifier": "",
    "t-grid-worker": "field",
    "t-leader": "",
    "t-auditor": "",
    "t-administrator": "",
    "t-partner": "cases",
    "t-data-steward": "rights",
    "t-glass": "cases",
    "t-place-glass": "cases",
}
OUTSIDE: Final = {
    "t-partner": ("near", "far"),
    "t-glass": ("near", "child"),
    "t-dispatcher": ("far", "near"),
    "t-leader": ("far", "child"),
}
# Found by their form and no filter of what is read or done: why.
NO_FILTER: Final = {
    "command/looking.py crumbs_of is_within(look.place, one)": "begins the way at a place that was checked before",
    "cases/actions/glass.py break_glass reached(actor)": "refuses an emergency for what is seen anyway",
    "desk/views/cases.py _steps ": "the step asks again",
    "desk/views/board.py show ": "which units the form offers",
    "desk/views/phrases.py _units ": "which units the form offers; saving asks again",
    "desk/views/ledger.py checkpoints ": "whether a tab stands there; its page asks again",
    "desk/views/vouched.py vouched ": "whether a link stands there; its page asks again",
    "desk/views/security.py _incidents ": "whether a line is a link; its page asks again",
    "desk/views/security_warnings.py _to_case ": "where to go back to; that page asks again",
    "desk/views/split.py back_to_list ": "where to go back to; that page asks again",
    "pages/taking.py after_step ": "where to go back to; that page asks again",
    "cases/queries/page.py case_options actor.handling_units": "which steps are offered; the step asks again",
    "cases/queries/undoing.py undoable ": "whether to offer taking a step back; the action asks again",
    "command/views/phone.py phone commanded_places": "the place to begin with; what is looked at is checked",
    "command/views/wall.py wall commanded_places": "the place to begin with; what is looked at is checked",
    "desk/views/appraisal.py unit ": "whether a button stands there; the action asks again",
    "desk/views/appraisal_appeals.py _views ": "whether a button stands there; the action asks again",
    "desk/views/appraisal_cases.py _case_rows {post": "whether a link to appeal stands there; the action asks again",
    "desk/views/appraisal_cases.py _case_rows visible": "whether a line is a link; its page asks again",
    "pages/security.py case_links ": "whether a line is a link; its page asks again",
    "field/offline/views/tasks.py _steps ": "which steps the phone offers; the step asks again",
    "insight/queries/board/look.py scope_key actor.": "a key of kept answers: the place that is looked at stands in it "
    "and lies in a place that is commanded (`Look.read`), of which everybody who commands it sees the same but for "
    "kinds that are hidden and emergencies, which the key names by themselves",
}
# Two filters stand one behind the other; they are taken out together.
TOGETHER: Final = {
    "cases/actions/contact.py show_contact visible(actor)": "cases/actions/contact.py _require_sight ",
    "cases/actions/talk.py _case visible(actor)": "exchange/rest/api/talk.py _case ",
    "cases/queries/inbox.py sources_of": "desk/views/inbox.py _line_views ",
    "cases/queries/inbox.py _of_post": "desk/views/inbox.py _line_views ",
    "insight/queries/inbox.py appeal_sources": "desk/views/inbox.py _line_views ",
}


@dataclass
class Outcome:
    caught: dict[Site, str] = field(default_factory=dict)
    missed: list[Site] = field(default_factory=list)
    unasked: list[Site] = field(default_factory=list)
    others: int = 0


class Trial:
    def __init__(self, matrix: "Matrix", sites: Sequence[Site], routes: Sequence[str]) -> None:
        self.routes = routes
        self.matrix, self.sites, self.before = matrix, sites, list[str]()
        self.asked, self.counted = defaultdict(list[Turn]), defaultdict(list[Turn])

    def listen(self) -> None:
        """Which requests ask which filter; the matrix as it is must be clean."""
        from tests.access import weighing
        from tests.access.matrix import Tried, unhurried

        matrix, tried = self.matrix, Tried()
        refused = set[tuple[str, str, str]]()
        with unhurried():
            for name, ask in [*self._plan(), *matrix.pseudo(SEATS)]:
                if (name, ask.pattern, ask.method) in refused:
                    continue
                PLANTS.hit.clear()
                if matrix.one(name, ask, tried) == 403:
                    refused.add((name, ask.pattern, ask.method))
                for said in map(str, tried.leaks[len(self.before) :]):
                    print("LEAKS BEFORE ANYTHING IS PLANTED", said, flush=True)
                self.before += [str(leak) for leak in tried.leaks[len(self.before) :]]
                for number in PLANTS.hit:
                    self.asked[number].append((name, ask))
        for name, ask in weighing.asks():
            if not any(word in ask.path for word in self.routes):
                continue
            PLANTS.hit.clear()
            weighing.forget()
            weighing.body(matrix, name, ask)
            for number in PLANTS.hit:
                self.counted[number].append((name, ask))

    def _plan(self) -> Iterator[Turn]:
        """What the matrix asks of a place that the seat does not see, and of none."""
        for name in SEATS:
            for ask in self.matrix.town_asks(name, OUTSIDE.get(name, ("far",))):
                if not any(word in ask.pattern for word in self.routes):
                    continue
                if SEATS[name] not in ask.pattern or ask.pattern.startswith(
                    ("rights/", "follow/", "report/")
                ):
                    continue
                if ask.method == "GET" or (
                    ask.data and (not ask.purpose or (ask.purpose == "handling" and ask.reason))
                ):
                    yield name, ask

    def run(self, chosen: Sequence[Site]) -> Outcome:
        outcome = Outcome()
        for site in chosen:
            if any(site.key.startswith(key) for key in NO_FILTER):
                outcome.others += 1
                continue
            asked, counted = self.asked[site.number], self.counted[site.number]
            how = self._caught(site, asked, counted)
            if how:
                outcome.caught[site] = how
            elif asked or counted:
                outcome.missed.append(site)
            else:
                outcome.unasked.append(site)
            print(f"{'caught ' if how else 'missed '}{site.name}  {how or ''}"[:220], flush=True)
        return outcome

    def _caught(self, site: Site, asked: Sequence[Turn], counted: Sequence[Turn]) -> str | None:
        from tests.access import probes, probes_of_posts, probes_of_sensing, weighing
        from tests.access.probing import noticed, probe_of, said

        assert probes and probes_of_posts and probes_of_sensing
        probe = probe_of(site.key)
        before = said(self.matrix, probe) if probe else ""
        if before:
            print("SAID BEFORE ANYTHING IS PLANTED", site.name, before, flush=True)
            self.before.append(before)
            probe = None
        weighing.forget()
        PLANTS.planted = {site.number, *self._behind(site)}
        try:
            if second_wall(site):
                return self._leaked([turn for turn in asked if turn[1].method == "SQL"])
            return (probe and noticed(self.matrix, probe)) or self._leaked(asked) or self._unequal(counted)
        finally:
            PLANTS.planted = set()
            weighing.forget()

    def _behind(self, site: Site) -> list[int]:
        others = [other for key, other in TOGETHER.items() if site.key.startswith(key)]
        return [one.number for one in self.sites for other in others if one.key.startswith(other)]

    def _leaked(self, asked: Sequence[Turn]) -> str | None:
        from tests.access.matrix import Tried, unhurried

        with unhurried():
            for name, ask in spread(asked, MOST):
                tried = Tried()
                self.matrix.one(name, ask, tried)
                new = [said for leak in tried.leaks if (said := str(leak)) not in self.before]
                if new:
                    return new[0]
        return None

    def _unequal(self, counted: Sequence[Turn]) -> str | None:
        from tests.access import weighing

        found = weighing.unequal(self.matrix, iter(spread(counted, 12))) if counted else []
        return f"weighs otherwise: {found[0]}" if found else None


def spread(turns: Sequence[Turn], most: int) -> list[Turn]:
    """So many of them, of as many seats, addresses and places as there are; always the same."""
    mixed = list(turns)
    random.Random(7).shuffle(mixed)
    seen, first, rest = set[tuple[str, str]](), [], []
    for name, ask in mixed:
        key = (name, ask.at)
        (rest if key in seen else first).append((name, ask))
        seen.add(key)
    return [*first, *rest][:most]


def second_wall(site: Site) -> bool:
    return site.function in ("reach_of", "_ranges")


def open_wall(stack: ExitStack) -> None:
    """Every request reaches everything: the first wall stands alone."""
    from gezhi.lib import reach

    stack.enter_context(mock.patch("gezhi.config.middleware.NOTHING", reach.EVERYTHING))
    stack.enter_context(mock.patch("gezhi.config.middleware._reach_of", return_value=None))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--routes", default="")
    parser.add_argument("--sample", type=int, default=0)
    given = parser.parse_args()
    sites = planting.install()
    chosen = [site for site in sites if any(word in site.name for word in given.only.split(","))]
    if given.sample:
        chosen = chosen[:: max(1, len(chosen) // given.sample)][: given.sample]
    begun = clock()
    with town() as matrix:
        trial = Trial(matrix, sites, given.routes.split(","))
        trial.listen()
        heard = clock() - begun
        with ExitStack() as stack:
            second = trial.run([site for site in chosen if second_wall(site)])
            open_wall(stack)
            first = trial.run([site for site in chosen if not second_wall(site)])
    missed, unasked = [*first.missed, *second.missed], [*first.unasked, *second.unasked]
    print(
        json.dumps(
            {
                "filters": len(sites),
                "planted": len(chosen),
                "caught": len(first.caught) + len(second.caught),
                "missed": len(missed),
                "never_asked": len(unasked),
                "no_filter": first.others + second.others,
                "of_the_second_wall": len(second.caught),
                "listened_seconds": round(heard, 1),
                "seconds": round(clock() - begun, 1),
            }
        )
    )
    for site in missed:
        print("MISSED", site.name)
    for site in unasked:
        print("NEVER ASKED", site.name)
    return 1 if missed or unasked else 0


if __name__ == "__main__":
    sys.exit(main())
