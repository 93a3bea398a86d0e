"""Every address of the node, with what is put into it: a new address without a line here fails the test."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.ground import PLACES, Town
from tests.access.things import MEANT_OF_THINGS

PARAM: Final = re.compile(r"\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>")

# What a parameter is, by where the address begins and its name; the longest beginning rules. A word with a dot
# stands for an object of the place that is asked for, another stands for itself.
MEANT: Final[Mapping[tuple[str, str], str]] = {
    ("", "number"): ".case",
    ("", "tracking_code"): ".tracking",
    ("", "form"): "json",
    ("api/v1/cases/", "step"): "accept",
    ("api/v1/cases/", "seq"): ".event",
    ("api/v1/cases/<number>/notes", "pk"): ".note",
    ("api/v1/callbacks", "pk"): ".call",
    ("api/v1/posts", "pk"): ".post",
    ("api/v1/delegations", "pk"): ".delegation",
    ("api/v1/nominations", "pk"): ".nomination",
    ("api/v1/emergencies", "pk"): ".glass",
    ("api/v1/documents", "code"): ".paper",
    ("api/v1/reports", "code"): ".paper",
    ("api/v1/forms", "category"): "dh-crack",
    ("api/v1/contracts", "pk"): ".contract",
    ("api/v1/rounds", "pk"): ".round",
    ("api/v1/plans", "key"): "dh-visit-d",
    ("api/v1/parameters", "key"): "keep.contact",
    ("api/v1/parameters", "value_id"): "1",
    ("api/v1/packs", "name"): "rights",
    ("api/v1/appraisals", "key"): "district-score",
    ("api/v1/appeals", "appeal_id"): ".appeal",
    ("api/v1/bulletins", "bulletin_id"): "1",
    ("api/v1/phrases", "pk"): ".phrase",
    ("api/v1/ledger", "size"): "1",
    ("api/v1/ledger", "index"): "0",
    ("api/v1/photos", "key"): ".photo",
    **MEANT_OF_THINGS,
    ("cap", "identifier"): "nothing",
    ("desk/forecasts", "kind"): "air-station",
    ("desk/forecasts", "code"): "pm25",
    ("open311", "code"): "matter-01037",
    ("open311", "pk"): ".report",
    ("open311", "token"): ".tracking",
    ("tiles", "version"): "v1",
    ("tiles", "zoom"): "10",
    ("tiles", "column"): "857",
    ("tiles", "row"): "420",
    ("ledger/tile", "rest"): "000",
    ("ledger/witness", "origin_hash"): "0" * 64,
    ("report/thanks", "code"): ".tracking",
    ("agent", "code"): ".tracking",
    ("follow", "code"): ".tracking",
    ("follow", "key"): ".photo",
    ("follow", "paper_code"): ".paper",
    ("follow", "step"): "withdraw",
    ("verify", "code"): ".paper",
    ("rights/mine", "key"): ".photo",
    ("rights/mine", "code"): ".tracking",
    ("rights/mine", "right"): "copy",
    ("rights/mine", "request_id"): ".request",
    ("rights/mine", "step"): "withdraw",
    ("desk/rights/request", "number"): ".request_case",
    ("desk/sign-in/link", "code"): "0" * 20,
    ("desk/account/factors", "pk"): "1",
    ("desk/account/keys", "pk"): ".key",
    ("desk/people", "pk"): ".account",
    ("desk/cases/<str:number>/events", "seq"): ".event",
    ("desk/cases/<str:number>/notes", "pk"): ".note",
    ("desk/cases/views", "view_id"): ".view",
    ("desk/documents", "code"): ".paper",
    ("desk/packs", "name"): "city-management",
    ("desk/packs", "procedure"): "standard",
    ("desk/parameters", "key"): "keep.contact",
    ("desk/parameters", "value_id"): "1",
    ("desk/phrases", "pk"): ".phrase",
    ("desk/evidence", "key"): ".photo",
    ("desk/import", "key"): ".import",
    ("desk/callbacks", "pk"): ".call",
    ("desk/duty/delegations", "pk"): ".delegation",
    ("desk/duty/emergency", "pk"): ".glass",
    ("desk/staffing/nominations", "pk"): ".nomination",
    ("desk/staffing/posts", "pk"): ".post",
    ("desk/audit/emergency", "pk"): ".glass",
    ("desk/contracts", "pk"): ".contract",
    ("desk/appraisal/units", "pk"): ".unit",
    ("desk/appraisal/appeals", "pk"): ".appeal",
    ("desk/appraisal/appeals/new", "case_id"): ".case_id",
    ("desk/appraisal/appeals/new", "unit_id"): ".unit",
    ("desk/appraisal/bulletins", "pk"): "1",
    ("desk/appraisal/bulletins", "kind"): "xlsx",
    ("desk/appraisal/grids", "code"): "@place",
    ("desk/ledger", "size"): "1",
    ("desk/ledger", "pk"): "1",
    ("desk/rounds", "pk"): ".round_done",
    ("desk/rounds", "key"): ".round_photo",
    ("desk/rounds/plans", "key"): "dh-visit-d",
    ("desk/subjects", "pk"): ".subject",
    ("desk/security/warnings", "pk"): ".warning",
    ("desk/security/exports", "code"): ".export",
    ("field/documents", "code"): ".paper",
    ("field/photos", "key"): ".photo",
    ("field/rounds", "pk"): ".round",
}

# Besides the bare address: queries that show more (@place, .case and so on are filled in).
QUERIES: Final[Mapping[str, Sequence[str]]] = {
    "desk/cases/": ("status=all", "text=路灯", "place=@place"),
    "desk/callbacks/": ("standing=done", "text=@last4", "place=@place"),
    "desk/board/": ("status=all",),
    "desk/hotline/hints/": ("text=路灯不亮&place_code=@place",),
    "desk/import/": ("all=1",),
    "desk/inbox/": ("show=all",),
    "desk/rounds/list/": ("state=done", "place=@place", "state=due"),
    "desk/subjects/": ("place=@place",),
    "desk/audit/": ("case=.case", "who=p-"),
    "desk/statistics/cases/": ("place=@place",),
    "desk/statistics/": ("place=@place",),
    "desk/appraisal/appeals/": ("state=open",),
    "desk/contracts/": ("text=HT",),
    "desk/rights/": ("show=all",),
    "desk/phrases/": ("unit=.unit",),
    "desk/people/": ("text=p-",),
    "desk/security/warnings/": ("show=all",),
    "desk/staffing/": ("text=p-",),
    "desk/sensing/": ("standing=", "place=@place"),
    "desk/sensing/things/": ("state=silent", "place=@place"),
    "desk/sensing/things/export/": ("as=csv", "place=@place"),
    "desk/sensing/area/": ("place=@place",),
    "desk/sensing/silences/": ("thing=.thing_id", "over=1"),
    "command/things/": ("box=121,29,122,30", "place=@place&box=121,29,122,30"),
    "api/v1/sensing/things": ("place=@place",),
    "api/v1/sensing/warnings": ("standing=all", "place=@place"),
    "command/": ("place=@place",),
    "command/board/": ("place=@place",),
    "command/points/": ("box=121,29,122,30", "place=@place&box=121,29,122,30"),
    "command/places/": ("place=@place",),
    "command/heat/": ("place=@place",),
    "command/replay/": ("place=@place",),
    "command/phone/": ("place=@place",),
    "api/v1/cases": ("status=all", "place=@place"),
    "api/v1/callbacks": ("standing=done", "text=@last4"),
    "api/v1/command/counters": ("place=@place",),
    "api/v1/command/points": ("box=121,29,122,30", "place=@place&box=121,29,122,30"),
    "api/v1/command/places": ("place=@place",),
    "api/v1/lookups": ("case=.case",),
    "api/v1/grids/profiles": ("place=@place",),
    "api/v1/subjects": ("place=@place", "kind=house"),
    "api/v1/emergencies": ("all_of_the_place=true",),
    "api/v1/ledger/entries": ("by=session",),
    "api/v1/security/signals": ("by=session",),
    "api/v1/security/warnings": ("by=session",),
    "api/v1/rounds": ("state=done", "state=due"),
    "open311/v2/^requests\\.(?P<form>xml|json)$": ("api_key=@key", "service_request_id=.report&api_key=@key"),
    "open311/v2/^requests/(?P<pk>[^/]+)\\.(?P<form>xml|json)$": ("api_key=@key",),
    "open311/v2/^servicerequestupdates\\.(?P<form>xml|json)$": ("api_key=@key",),
    "api/sensorthings/v1.1/<path:path>": ("$expand=Locations,Datastreams/Observations", "$select=name"),
    "desk/appraisal/cases/": ("place=@place", "unit=.unit"),
    "api/v1/appraisals/cases": ("place=@place",),
}
PURPOSES: Final = (
    "handling",
    "verifying",
    "callback",
    "supervision",
    "audit",
    "statistics",
    "rights",
    "security",
)
# What a form sends, one or several. "purpose": every purpose in turn, with a reason and without.
BODIES: Final[Mapping[str, Sequence[Mapping[str, str]]]] = {
    "desk/cases/<str:number>/": (
        {"step": "accept", "version": "1"},
        {"step": "reject", "reason": "不属实", "version": "1"},
    ),
    "field/cases/<str:number>/": ({"step": "accept", "version": "1"},),
    "api/v1/cases/<number>/steps/<step>": ({"reason": "可以", "version": "1"},),
    "api/v1/cases/<number>/notes": ({"text": "看一下"},),
    "desk/cases/<str:number>/notes/<int:pk>/": ({"do": "delete"},),
    "desk/staffing/nominations/<int:pk>/": ({"do": "refuse", "words": "不同意"},),
    "api/v1/nominations/<pk>/decision": ({"grant": "false", "words": "不同意"},),
    "desk/staffing/posts/<int:pk>/end/": ({"reason": "离任"},),
    "desk/audit/emergency/<int:pk>/": ({"do": "accept", "words": "情况属实"},),
    "desk/people/<int:pk>/do/": ({"do": "close", "reason": "离任"}, {"do": "sessions", "reason": "x"}),
    "desk/appraisal/appeals/<int:pk>/": ({"do": "refuse", "answer": "不成立"},),
    "desk/appraisal/appeals/new/<int:case_id>/<int:unit_id>/": ({"reason": "不是我们的", "evidence": "x"},),
    "desk/subjects/<int:pk>/": ({"do": "end"},),
    "field/rounds/<int:pk>/": ({"do": "skip", "reason": "家中无人"},),
    "api/v1/rounds/<pk>/skip": ({"reason": "家中无人"},),
    "desk/rounds/plans/<slug:key>/": ({"place": "@place", "on": "1", "since": "2026-12-01"},),
    "desk/security/warnings/<int:pk>/answer/": ({"do": "acknowledge", "text": "已阅", "hours": "1"},),
    "desk/sensing/warnings/<int:pk>/answer/": ({"do": "acknowledge"}, {"do": "case"}),
    "desk/sensing/things/<int:pk>/keep/": ({"do": "calibrated"},),
    "desk/sensing/silences/": ({"thing": ".thing_id", "hours": "1", "why": "检修一下"},),
    "desk/cases/export/": ({"all": "1"},),
    "desk/cases/views/<int:view_id>/forget/": ({"x": "1"},),
    "desk/phrases/save/": ({"unit": ".unit", "kind": "", "title": "新话", "text": "好的"},),
    "desk/cases/bulk/": ({"case": ".case_id", "step": "accept"},),
    "desk/duty/emergency/": ({"case": ".case", "reason": "有人在里面喊救命请求查看"},),
    "desk/cases/<str:number>/notes/": ({"text": "看一下"},),
    "command/urge/": ({"case": ".case_id", "text": "请尽快办理"},),
    "desk/rights/counter/": (
        {"paper": "id-card", "standing": "self", "seen": "1", "number": "@phone", "tracking": ""},
    ),
    "desk/rights/counter/person/": ({"number": "@phone"},),
    "follow/": ({"code": ".tracking", "last4": "0000"},),
    "rights/code/": ({"number": "@phone"},),
    "rights/by-code/": ({"tracking": ".tracking", "last4": "0000"},),
    "desk/security/trace/": ({"text": "HT"},),
    "field/sync/": ({"kind": "step", "number": ".case", "step": "receive"},),
}
LOOKS: Final = {
    "desk/cases/<str:number>/contact/", "desk/callbacks/<int:pk>/contact/", "api/v1/cases/<number>/contact",
}  # fmt: skip
# Never asked: they end the session that asks.
LEFT_OUT: Final = {"desk/sign-out/"}


@dataclass(frozen=True)
class Ask:
    """One request. `at`: whose object it names ("": nobody's); `purpose`: what a mask shall be lifted for."""

    pattern: str
    method: str
    path: str
    at: str = ""
    data: tuple[tuple[str, str], ...] = ()
    purpose: str = ""
    reason: bool = False

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")


class Unknown(LookupError):
    """An address has a parameter of which the matrix does not know what to put in."""


@dataclass(frozen=True)
class Route:
    pattern: str
    view: Callable[..., object]
    params: tuple[str, ...] = field(default=())

    @property
    def is_object(self) -> bool:
        return any(meaning(self.pattern, name)[0] in ".@" for name in self.params)


def all_routes(resolver: URLResolver | URLPattern | None = None, prefix: str = "") -> Iterator[Route]:
    found = resolver or get_resolver()
    address = prefix + str(found.pattern) if resolver else ""
    if isinstance(found, URLPattern):
        names = tuple(a or b for a, b in PARAM.findall(address))
        yield Route(address, found.callback, names)
        return
    for part in found.url_patterns:
        yield from all_routes(part, address)


def meaning(pattern: str, name: str) -> str:
    """Raises Unknown."""
    found = [one for one in MEANT if pattern.startswith(one[0]) and one[1] == name]
    if not found:
        raise Unknown(f"{pattern}: say in tests/access/routes.py what '{name}' is.")
    return MEANT[max(found, key=lambda one: len(one[0]))]


@cache
def methods_of(view: Callable[..., object]) -> frozenset[str]:
    """Those that the decorators of a view let through; both where none says."""
    inside: list[object] = [view]
    for _ in range(12):
        cells = [cell.cell_contents for one in inside for cell in getattr(one, "__closure__", None) or ()]
        for cell in cells:
            if isinstance(cell, list | tuple) and cell and all(one in _VERBS for one in cell):
                return frozenset(cell) & {"GET", "POST"}
            operations = getattr(cell, "operations", None) or getattr(
                getattr(cell, "__self__", None), "operations", None
            )
            if operations:
                return frozenset(verb for one in operations for verb in one.methods) & {
                    "GET",
                    "POST",
                    "PUT",
                    "PATCH",
                }
        inside = [cell for cell in cells if callable(cell)]
        if not inside:
            break
    return frozenset({"GET", "POST"})


_VERBS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def is_open(route: Route) -> bool:
    """A page for anybody, that asks nobody who they are. The interfaces for other systems look at the key."""
    plain = not route.pattern.startswith(("api/", "open311/", "ledger/", "^api"))
    return plain and getattr(route.view, "permission", "") == "public"


def asks(
    town: Town, key: str, places: Sequence[str] = tuple(PLACES), everybody: bool = True
) -> Iterator[Ask]:
    """Every request of one seat; `key`: of its interface; `everybody`: also pages that do not ask who it is. Raises
    Unknown."""
    for route in all_routes():
        if route.pattern in LEFT_OUT or (not everybody and is_open(route)):
            continue
        path, wide = _path(route), route.is_object or _wants_place(route.pattern)
        for at in places if wide else ("",):
            yield from _of_place(town, route, path, at, key, places[0])


def _wants_place(pattern: str) -> bool:
    given = [
        *QUERIES.get(pattern, ()),
        *(value for body in BODIES.get(pattern, ()) for value in body.values()),
    ]
    return any(re.search(r"(@place|@phone|@last4|\.\w)", one) for one in given)


def _path(route: Route) -> str:
    """With the meanings in braces."""
    path = PARAM.sub(lambda hit: "{" + meaning(route.pattern, hit[1] or hit[2]) + "}", route.pattern)
    path = path.replace("^", "").replace("$", "").replace("\\", "").replace("(?:/.*)?", "/nowhere")
    return "/" + path.replace(".*?(?:.{json})?", "nowhere.json")


def _of_place(town: Town, route: Route, path: str, at: str, key: str, first: str) -> Iterator[Ask]:
    def filled(text: str) -> str:
        return _filled(text, town, at or "child", key)

    whole = re.sub(r"\{([^}]*)\}", lambda hit: filled(hit[1]), path)
    methods, pattern = methods_of(route.view), route.pattern
    first_place = at in ("", first)
    if "GET" in methods and (route.is_object or first_place):
        yield Ask(pattern, "GET", whole, at)
    if "GET" in methods:
        for query in QUERIES.get(pattern, ()):
            if first_place or _wants_place_in(query):
                yield Ask(pattern, "GET", f"{whole}?{filled_all(query, filled)}", at)
    for method in methods - {"GET"}:
        if pattern in LOOKS:
            yield from _looks(pattern, whole, at)
        elif route.is_object or pattern in BODIES or first_place:
            for body in BODIES.get(pattern, ({},)):
                yield Ask(
                    pattern, method, whole, at, tuple((name, filled(text)) for name, text in body.items())
                )


def _wants_place_in(query: str) -> bool:
    return bool(re.search(r"(@place|@last4|=\.\w)", query))


def _looks(pattern: str, path: str, at: str) -> Iterator[Ask]:
    for purpose in PURPOSES:
        for reason in (True, False):
            data = {"purpose": purpose, "reason": "约时间入户" if reason else ""}
            yield Ask(pattern, "POST", path, at, tuple(data.items()), purpose, reason)


def filled_all(query: str, filled: Callable[[str], str]) -> str:
    pairs = (part.partition("=") for part in query.split("&"))
    return "&".join(f"{name}={filled(text)}" for name, _, text in pairs)


def _filled(text: str, town: Town, at: str, key: str) -> str:
    if text == "@place":
        return PLACES[at]
    if text == "@key":
        return key
    if text == "@phone":
        return town.phones[at]
    if text == "@last4":
        return town.phones[at][-4:]
    if text.startswith("."):
        return town.ids[at].get(text[1:]) or town.ids["child"][text[1:]]
    return text
