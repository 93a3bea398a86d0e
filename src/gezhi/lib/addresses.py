"""Addresses of sockets as people write them."""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\s]+)):([0-9]{1,5})")
_LAST_PORT: Final = 65_535


class NoAddress(ValueError):
    """'{text}' is no HOST:PORT such as 0.0.0.0:8212"""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


def host_and_port(text: str) -> tuple[str, int]:
    """Raises NoAddress."""
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found[3]) > _LAST_PORT:
        raise NoAddress(text)
    return found[1] or found[2], int(found[3])
