"""How the backup stands, read from its folder and from the drills. Nothing here asks the database to wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gezhi.config.keeping.keeping import backup_folder, own_store
from gezhi.config.keeping.records import WrongKey
from gezhi.config.keeping.store import Base, NoBackup

STALE_AFTER: Final = timedelta(seconds=60)
DRILL_EVERY: Final = timedelta(days=7)
DRILL_STALE_AFTER: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Standing:
    """`kept`: the node is to keep a backup. `complete_at`: to that moment everything is in it."""

    kept: bool
    following: bool = False
    complete_at: datetime | None = None
    trouble: str = ""
    copies: tuple[Base, ...] = ()

    def behind(self, now: datetime) -> timedelta | None:
        return now - self.complete_at if self.complete_at else None

    def is_stale(self, now: datetime) -> bool:
        behind = self.behind(now)
        return self.kept and (behind is None or behind > STALE_AFTER)


def standing() -> Standing:
    if backup_folder() is None:
        return Standing(False)
    try:
        store = own_store()
        store.described()
        state = store.state()
        copies = tuple(reversed(store.bases()))
    except (NoBackup, WrongKey, OSError, ValueError) as error:
        return Standing(True, trouble=str(error))
    complete = state.get("complete_at")
    said = datetime.fromisoformat(state["at"]) if state else None
    alive = said is not None and abs(datetime.now(UTC) - said) < STALE_AFTER
    return Standing(
        True,
        alive and bool(state["following"]),
        datetime.fromisoformat(complete) if complete else None,
        state.get("trouble", "") if alive else "Nobody follows the node: is `gezhi backup follow` running?",
        copies,
    )
