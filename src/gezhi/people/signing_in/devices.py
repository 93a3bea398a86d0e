"""What a browser says of itself, in the few words that its owner knows it by. Pure."""

from collections.abc import Sequence
from typing import Final

_BROWSERS: Final[Sequence[tuple[str, str]]] = (  # the first that is named: most claim to be others as well
    ("MicroMessenger", "WeChat"),
    ("Edg/", "Edge"),
    ("QQBrowser", "QQ"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final[Sequence[tuple[str, str]]] = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
LONGEST: Final = 60


def device_in(agent: str) -> str:
    """ "Chrome · Windows"; the beginning of what it says where it names neither."""
    names = [next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names)) or agent[:LONGEST].replace("\0", "")
