"""The list of erased ids: a file beside the database, so that an older copy of the database cannot bring back what was
erased since. It holds ids and instants, nothing of anybody."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def list_path() -> Path:
    return Path(settings.DATA_DIR) / "rights" / "erased.jsonl"


def listed(path: Path | None = None) -> Iterator[str]:
    """Its lines, oldest first, without those that a loss of power cut; none where nothing was erased yet."""
    try:
        text = (path or list_path()).read_text(encoding="utf-8")
    except FileNotFoundError:
        return iter(())
    return iter([line for line in text.splitlines() if line.endswith("}")])
