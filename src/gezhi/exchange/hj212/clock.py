"""Times as HJ 212 writes them: digits of Beijing time (no daylight saving since 1991) to the second or millisecond."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))
_MOST: Final = 4096  # minutes that are remembered
_minutes: dict[bytes, int] = {}


def instant(text: bytes) -> int | None:
    """yyyyMMddHHmmss, with or without three digits of milliseconds -> ms since 1970 UTC; None: not a time."""
    size = len(text)
    if size not in (14, 17) or not text.isdigit() or text[12:14] > b"59":
        return None
    begun = _minutes.get(text[:12])
    if begun is None:
        begun = _minute(text[:12])
        if begun is None:
            return None
    return begun + int(text[12:]) * (1000 if size == 14 else 1)


def _minute(text: bytes) -> int | None:
    try:
        moment = datetime.strptime(text.decode(), "%Y%m%d%H%M").replace(tzinfo=BEIJING)
    except ValueError:
        return None
    if len(_minutes) >= _MOST:
        _minutes.clear()
    _minutes[text] = begun = int(moment.timestamp()) * 1000
    return begun


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def written(moment: datetime) -> bytes:
    """17 digits, as a QN."""
    local = moment.astimezone(BEIJING)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}".encode()


def moment_of(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
