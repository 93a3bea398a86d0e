"""Following a node: its log, its files, a copy of the whole database now and then.

Each round makes a restore point in the database's log, copies every file that is there by then, waits until the log
has come as far, and only then writes the mark: whatever a row before it names is in the copy.
"""

import logging
import shutil
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from gezhi.config.keeping.base import BaseFailed, forget_removed, prune, take_base
from gezhi.config.keeping.files import Mirror
from gezhi.config.keeping.programs import NoPrograms
from gezhi.config.keeping.records import Damaged, WrongKey
from gezhi.config.keeping.source import CannotFollow, Source
from gezhi.config.keeping.store import AnotherDatabase, Base, Mark, NoBackup, Store, segment_of
from gezhi.config.keeping.wal import Receiver, Shipping, ancestry, reach

ROUND: Final = 1.0  # seconds between rounds
_PATIENCE: Final = 10.0  # seconds that the log may take to come as far as a restore point
_AGAIN: Final = timedelta(minutes=2)  # after a copy of the database failed
TROUBLES: Final = (
    *(
        psycopg.Error,
        OSError,
        CannotFollow,
        NoPrograms,
        BaseFailed,
        AnotherDatabase,
        NoBackup,
        WrongKey,
        Damaged,
    ),
    TimeoutError,
)
log = logging.getLogger("gezhi.keeping")


@dataclass(frozen=True, slots=True)
class Plan:
    """How often the whole database is copied, and how far back one can go."""

    every: timedelta = timedelta(days=1)
    keep: timedelta = timedelta(days=14)


@dataclass
class Keeper:
    source: Source
    store: Store
    data: Path
    plan: Plan = Plan()
    _shipping: Shipping | None = None
    _whole: bool = False  # the store holds the log without a gap since a copy of the database
    _last: Mark | None = None
    _complete_at: datetime | None = None  # by the database's clock
    _looked_over: float = 0.0
    _taken: threading.Event = field(default_factory=threading.Event)  # look whether copy and log meet
    _copying: threading.Thread | None = None
    _failed: str = ""
    _failed_at: datetime | None = None
    _counts: dict[str, int] = field(default_factory=lambda: {"files": 0, "bytes": 0, "rounds": 0})

    def __post_init__(self) -> None:
        self._spool = self.data / "keeping" / "spool"
        self._receiver = Receiver(self.source, self._spool)
        self._mirror = Mirror(self.data, self.store)

    def run(self, stopping: threading.Event) -> None:
        trouble = ""
        while not stopping.wait(ROUND):
            try:
                self.round()
            except TROUBLES as error:
                self._shipping = None  # everything is looked at anew
                if str(error) != trouble:
                    log.error("The backup cannot go on: %s", error)
                trouble = str(error)
                self._say(trouble)
                continue
            if trouble:
                log.warning("The backup goes on.")
            trouble = ""
        self.stop()

    def stop(self) -> None:
        self._receiver.stop()
        self.source.close()

    def round(self) -> None:
        """Raises one of TROUBLES."""
        if self._shipping is None:
            self._begin()
        assert self._shipping is not None
        self._receiver.ensure()
        before = self.source.position()
        if not before.valid or (self._last and before.timeline != self._last.timeline):
            self._shipping = None
            return
        if self._last is None or before.now != self._last.lsn or self._taken.is_set():
            self._advance(self._shipping, before.timeline)
        else:
            self._counts["files"] += self._mirror.follow()
            self._complete_at = before.at if self._whole else None
        self._counts["rounds"] += 1
        self._begin_base_when_due()
        self._keep_house()
        self._say("")

    def follow_once(self) -> None:
        """One round without anything beside it, for whoever copies by hand. Raises one of TROUBLES."""
        if self._shipping is None:
            self._begin()
        assert self._shipping is not None
        self._receiver.ensure()
        self._advance(self._shipping, self.source.position().timeline)

    def look_again(self) -> None:
        """A copy of the database was made: do it and the log meet?"""
        self._taken.set()

    def _begin(self) -> None:
        self.source.check()
        if self.store.open_for(self.source.system()):
            self._mirror.forget()
        if not self.source.ensure_slot():
            self._receiver.stop()
            shutil.rmtree(self._spool, ignore_errors=True)  # the server no longer has what follows on it
        self._last = None
        self._shipping = Shipping(self._spool, self.store, self.source.segment_size())
        self._taken.set()

    def _advance(self, shipping: Shipping, timeline: int) -> None:
        name = f"gezhi-{time.time_ns():x}"
        lsn, at = self.source.restore_point(name)
        self._counts["files"] += self._mirror.follow()
        self._wait_for(lsn, shipping, timeline)
        if self._taken.is_set():
            self._taken.clear()
            self._whole = usable_base(self.store, timeline) is not None
        mark = Mark(name, lsn, timeline, at)
        if self._whole:
            self.store.add_mark(mark)
            self._complete_at = at
        self._last = mark

    def _wait_for(self, lsn: int, shipping: Shipping, timeline: int) -> None:
        """Raises TimeoutError."""
        end = time.monotonic() + _PATIENCE
        while (position := self.source.position()).received < lsn:
            if time.monotonic() > end:
                raise TimeoutError(f"The log did not come within {_PATIENCE:.0f} s.")
            self._receiver.ensure()
            time.sleep(0.02)
        self._counts["bytes"] += shipping.ship(timeline, position.received)

    def _begin_base_when_due(self) -> None:
        """In a thread of its own, so that the log goes on being followed."""
        if self._copying is not None and self._copying.is_alive():
            return
        now = datetime.now(UTC)
        if self._failed_at and now - self._failed_at < _AGAIN:
            return
        bases = self.store.bases()
        if self._whole and bases and abs(now - bases[-1].at) < self.plan.every:
            return
        self._copying = threading.Thread(target=self._take, daemon=True)
        self._copying.start()

    def _take(self) -> None:
        source = Source(self.source.url)
        try:
            take_base(source, self.store)
            self._failed, self._failed_at = "", None
            self._taken.set()
            prune(self.store, self.plan.keep, datetime.now(UTC))
        except TROUBLES as error:
            self._failed, self._failed_at = str(error), datetime.now(UTC)
            log.error("No copy of the database was made: %s", error)
        finally:
            source.close()

    def _keep_house(self) -> None:
        """Once a day every file is looked at again, and what is too old goes."""
        if time.monotonic() - self._looked_over < 86400 and self._looked_over:
            return
        self._looked_over = time.monotonic()
        self._mirror.forget()
        now = datetime.now(UTC)
        prune(self.store, self.plan.keep, now)
        forget_removed(self.store, self.data, self.plan.keep, now)

    def _say(self, trouble: str) -> None:
        state = {
            "at": datetime.now(UTC).isoformat(),
            "trouble": trouble or self._failed,
            "following": not trouble,
            "whole": self._whole,
            "complete_at": self._known_complete(),
            "counts": self._counts,
        }
        try:
            self.store.say(state)
        except OSError as error:
            log.error("The backup folder cannot be written: %s", error)

    def _known_complete(self) -> str | None:
        """Also what an earlier follower came to."""
        if self._complete_at is None and (self.store.folder / "marks").exists():
            last = self.store.last_mark()
            self._complete_at = last.at if last else None
        return self._complete_at.isoformat() if self._complete_at else None


def usable_base(store: Store, timeline: int) -> Base | None:
    """The newest copy of the database from which the stored log leads to its end without a gap."""
    line = ancestry(store, timeline)
    own = [name[8:] for name in store.segments() if int(name[:8], 16) == timeline]
    for base in reversed(store.bases()):
        if line.at(base.stop_lsn) != base.timeline:
            continue
        came = reach(store, base.start_lsn, timeline, base.segment_size)
        if came >= base.stop_lsn and segment_of(max(came - 1, 0), 0, base.segment_size)[8:] >= max(
            own, default=""
        ):
            return base
    return None
