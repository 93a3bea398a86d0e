"""Where a point of a browser is, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gezhi.places.queries import NoShapes, current_locator, place_names


@dataclass(frozen=True, slots=True)
class Here:
    """`inside`: whether the point lies in a place of this node. `words` empty: no point."""

    words: str
    code: str

    @property
    def inside(self) -> bool:
        return bool(self.code)


def words_for_point(lon: str, lat: str) -> Here:
    """`lon`, `lat`: WGS-84 degrees as text."""
    try:
        code = current_locator().locate_one(float(lon), float(lat))
    except (ValueError, NoShapes):
        return Here("", "")
    if not code:
        return Here(_("这个位置不在本地辖区内，请写地址或选择区域。"), "")
    return Here(_("已定位：%(place)s") % {"place": place_names([code]).get(code, code)}, code)
