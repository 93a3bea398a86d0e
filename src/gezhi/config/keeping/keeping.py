"""What the settings say of the backup."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from gezhi.config.keeping.base import BaseFailed, take_base
from gezhi.config.keeping.keeper import Keeper, Plan
from gezhi.config.keeping.records import key_in
from gezhi.config.keeping.source import Source, source_url
from gezhi.config.keeping.store import Base, Mark, NoBackup, Store
from gezhi.config.paths import data_dir


def backup_folder() -> Path | None:
    """None: the node keeps no backup."""
    named = os.environ.get("GEZHI_BACKUP_DIR", "")
    return Path(named).resolve() if named else None


def store_at(folder: Path) -> Store:
    """Raises WrongKey."""
    return Store(folder.resolve(), key_in(os.environ.get("GEZHI_BACKUP_KEY_FILE", "")))


def own_store() -> Store:
    """Raises NoBackup, WrongKey."""
    folder = backup_folder()
    if folder is None:
        raise NoBackup("This node keeps no backup: GEZHI_BACKUP_DIR is not set.")
    return store_at(folder)


def plan() -> Plan:
    hours = float(os.environ.get("GEZHI_BACKUP_EVERY_HOURS", "24"))
    days = float(os.environ.get("GEZHI_BACKUP_KEEP_DAYS", "14"))
    return Plan(timedelta(hours=hours), timedelta(days=days))


def keeper() -> Keeper:
    """Raises NoBackup, WrongKey."""
    return Keeper(Source(source_url()), own_store(), data_dir(), plan())


def copy_now(progress: Callable[[int, int], None]) -> tuple[Base, Mark]:
    """A copy at once. Where nobody follows the node, this follows it as long as the copy takes.
    Raises one of TROUBLES."""
    store = own_store()
    source = Source(source_url())
    source.check()
    store.open_for(source.system())
    if followed(store):
        base = take_base(source, store, progress)
        return base, _next_mark(store, base)
    one = keeper()
    taken = list[Base]()
    stopping = threading.Event()
    try:
        one.follow_once()
        taken.append(take_base(source, store, progress))
        one.look_again()
        one.follow_once()
    finally:
        stopping.set()
        one.stop()
        source.close()
    return taken[0], _next_mark(store, taken[0])


def followed(store: Store) -> bool:
    """Whether a keeper is at work."""
    from datetime import UTC, datetime

    state = store.state()
    return bool(state) and datetime.now(UTC) - datetime.fromisoformat(state["at"]) < timedelta(seconds=15)


def _next_mark(store: Store, base: Base) -> Mark:
    import time

    for _ in range(300):
        mark = store.last_mark()
        if mark and mark.lsn >= base.stop_lsn:
            return mark
        time.sleep(0.1)
    raise BaseFailed(
        "The copy was made, but the log did not come as far within 30 s. Is the follower at work?"
    )
