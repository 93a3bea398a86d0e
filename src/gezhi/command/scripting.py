"""What the scripts of the command centre's page begin with."""

from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gezhi.cases.world import World
from gezhi.insight.queries.board.look import Look
from gezhi.live.address import stream_url
from gezhi.pages.showing import said
from gezhi.places.queries import bounds_of

_TILES = "/tiles/current.json"


def script_data(request: HttpRequest, look: Look, world: World) -> dict[str, object]:
    """`box`: west, south, east, north of the place; None where nothing of it has a shape."""
    basemap = settings.BASEMAP
    return {
        "place": look.place,
        "box": bounds_of(look.place),
        "query": look.query_string(),
        "basemap": asdict(basemap) if basemap else None,
        "urls": {
            "home": reverse("command:wall"),
            "cases": reverse("desk:cases"),
            "things": reverse("desk:things"),
            "tiles": _TILES,
            "stream": stream_url(request),
            "ticket": reverse("live:ticket"),
        },
        "categories": {key: said(one.name) for key, one in world.catalogue.categories.items()},
        "words": _words(),
    }


def _words() -> dict[str, str]:
    """What scripts say by themselves; blanks in braces."""
    return {
        "live": _("实时"),
        "lost": _("连线中断，正在重连"),
        "polling": _("连线中断，每 10 秒更新"),
        "polled": _("每 10 秒更新"),
        "updated": _("最后更新 {time}"),
        "below": "{overdue} / {open}",
        "tip": _("{name}：在办 {open}，其中超期 {overdue}"),
        "opened": _("新上报"),
        "closed": _("办结"),
        "moved": _("有进展"),
        "more": _("此处案件过多，另有 {n} 件未画出，请放大地图。"),
        "more_things": _("此处设备过多，另有 {n} 台未画出，请放大地图。"),
        "replay": _("回放 {day} {time}"),
        "play": _("播放"),
        "pause": _("暂停"),
        "no_map": _("地图暂时打不开，稍后自动重试；旁边的列表照常更新。"),
    }
