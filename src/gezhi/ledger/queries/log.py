"""The log: its name, folder, keys and newest checkpoint; the stamp of the configuration."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max, Q, QuerySet

from gezhi.ledger.folder import CHECKPOINT, LogFolder
from gezhi.ledger.models import Checkpoint, Entry, LogKey
from gezhi.ledger.notes import BadNote, parse_checkpoint, parse_note

STAMP = "(SELECT coalesce(max(id), 0) FROM ledger_entry WHERE configures)"


def configuration_stamp() -> int:
    """Grows whenever units, posts, places, packs or trained models change; caches carry it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAMP}")
        return int(cursor.fetchone()[0])


def log_folder() -> LogFolder:
    return LogFolder(Path(settings.DATA_DIR) / "ledger")


def keys_folder() -> Path:
    return Path(settings.DATA_DIR) / "ledger-keys"


def origin() -> str:
    """The name of this node's log; it stays the same for ever."""
    return str(settings.LEDGER_ORIGIN)


def keys_at(now: datetime) -> QuerySet[LogKey]:
    """Those that sign at an instant, oldest first."""
    return LogKey.objects.filter(Q(until=None) | Q(until__gt=now), from_at__lte=now).order_by("id")


def listed_keys() -> list[LogKey]:
    """Every key that ever signed for this log, oldest first."""
    return list(LogKey.objects.order_by("id"))


def newest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def numbered() -> int:
    """How many entries have a place in the tree."""
    newest = Entry.objects.aggregate(newest=Max("tree_index"))["newest"]
    return 0 if newest is None else int(newest) + 1


def put_out_size() -> int:
    """How many entries the checkpoint stands over that lies in the folder; 0: none lies there, or it is not one.
    No statement."""
    try:
        return parse_checkpoint(parse_note(log_folder().text(CHECKPOINT)).text).size
    except (BadNote, UnicodeDecodeError):
        return 0
