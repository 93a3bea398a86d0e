"""Where devices find this node, by the settings."""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\s]+)):([0-9]{1,5})")
_ID: Final = re.compile(r"[0-9]{20}")


class BadListening(ValueError):
    """{name} is {text!r}: write HOST:PORT, e.g. 0.0.0.0:8212, or leave it out."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__((self.__doc__ or "").format(name=name, text=text))


class BadPlatform(ValueError):
    """GEZHI_GB28181_ID is {text!r}: with GEZHI_GB28181_LISTEN it is this platform's own id of 20 digits."""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


def listening_at(name: str, text: str) -> tuple[str, int] | None:
    """Host and port; None: nowhere. Raises BadListening."""
    if not text:
        return None
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found[3]) > 65_535:
        raise BadListening(name, text)
    return found[1] or found[2], int(found[3])


def gb28181_id(text: str, *, needed: bool) -> str:
    """Raises BadPlatform."""
    if (text or needed) and not _ID.fullmatch(text):
        raise BadPlatform(text)
    return text
