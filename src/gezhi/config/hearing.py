"""Where devices find this node, by the settings."""

import re
from typing import Final

from gezhi.lib.addresses import NoAddress, host_and_port

_ID: Final = re.compile(r"[0-9]{20}")


class BadListening(ValueError):
    """{name}: {error}. Or leave it out."""

    def __init__(self, name: str, error: NoAddress) -> None:
        super().__init__((self.__doc__ or "").format(name=name, error=error))


class BadPlatform(ValueError):
    """GEZHI_GB28181_ID is {text!r}: with GEZHI_GB28181_LISTEN it is this platform's own id of 20 digits."""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


def listening_at(name: str, text: str) -> tuple[str, int] | None:
    """Host and port; None: nowhere. Raises BadListening."""
    try:
        return host_and_port(text) if text else None
    except NoAddress as error:
        raise BadListening(name, error) from error


def gb28181_id(text: str, *, needed: bool) -> str:
    """Raises BadPlatform."""
    if (text or needed) and not _ID.fullmatch(text):
        raise BadPlatform(text)
    return text
