"""The picture that may lie below the city's own shapes, from a map service of the city's choice."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

SYSTEMS: Final = ("wgs84", "gcj02")
_PLACES: Final = ("{z}", "{x}", "{y}")


class BadBasemap(ValueError):
    """GEZHI_BASEMAP is {text!r}: give an address with {{z}}, {{x}} and {{y}}, then wgs84 or gcj02, then whose map it
    is and its approval number, with blanks between."""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


@dataclass(frozen=True, slots=True)
class Basemap:
    """`crs`: wgs84 (also CGCS2000) or gcj02; tiles of 256 pixels in web Mercator."""

    url: str
    crs: str
    attribution: str

    @property
    def origin(self) -> str:
        """ "" for the node's own."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def basemap_in(text: str) -> Basemap | None:
    """Raises BadBasemap."""
    if not text.strip():
        return None
    url, crs, attribution = [*text.split(maxsplit=2), "", "", ""][:3]
    if crs not in SYSTEMS or not attribution or not all(place in url for place in _PLACES):
        raise BadBasemap(text)
    return Basemap(url, crs, attribution)
