"""What callers and browsers send in words: fields, filters, numbers, days, places, headers; and packs."""

# ruff: noqa: E501 - a table with a parser in each row
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from hypothesis import strategies as st

from gezhi.cases.capturing import capture_in
from gezhi.cases.guessing import WordGuesser
from gezhi.cases.intake.reading import FIELDS, Edge, read_report
from gezhi.cases.intake.shapes import Unreadable
from gezhi.cases.queries.cursor import cursor_of, read_cursor
from gezhi.cases.queries.filters import BadFilter, Filters
from gezhi.config import basemap, operator, proxies, vouching
from gezhi.config.keeping.restoring import CannotRestore, moment_in
from gezhi.config.kinds import kind_of
from gezhi.exchange.open311.asking import asked, report_fields
from gezhi.exchange.open311.wire import GeoReportError, rendered
from gezhi.exchange.rest.bodies import json_body, many, one_object
from gezhi.exchange.rest.photos import keys_in, photos_of
from gezhi.exchange.rest.problems import Problem
from gezhi.insight.periods import BadPeriod, named
from gezhi.insight.queries.board.look import box_of
from gezhi.lib import bigrams, codes, numbers, redacting, request_id
from gezhi.lib.textmodel.units import units_of
from gezhi.live.stream import Refused as StreamRefused
from gezhi.live.stream import _allowed
from gezhi.packs.forms import check_answers, read_answers
from gezhi.packs.shapes import Category
from gezhi.people.lists import BadChange, read_change
from gezhi.people.signing_in.devices import device_in
from gezhi.people.signing_in.identity import NoProvider, provider_in
from gezhi.people.signing_in.policy import NoPolicy, second_factor_in
from gezhi.people.unusual import odd_hours
from gezhi.places.names import PlaceNames
from gezhi.rights.person import Signs
from gezhi.rounds.listing import BadFilter as BadRoundFilter
from gezhi.rounds.listing import read_round_filters, read_subject_filters
from gezhi.rounds.walking import read_position, read_positions, track_of
from gezhi.security.cells import told
from gezhi.security.csp import reports_in
from gezhi.security.leaving import filters_of, number_in, numbers_in
from tests.fuzz.files import KNOWN
from tests.fuzz.parser import Parser, text_of
from tests.fuzz.shapes import bent, bent_json, bent_text, filled, json_values, long_ones
from tests.packs.forms import smoking_building

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
FORM = smoking_building()
CATEGORY = Category.model_validate({
    "key": "lamp", "kind": "local", "code": "00001", "name": {"zh": "灯", "en": "Lamp"}, "group": "a", "procedure": "a",
    "function": "a", "limits": "a", "attributes": [{"code": "kind", "title": {"zh": "种", "en": "Kind"}, "datatype": "singlevaluelist",
    "values": {"a": {"zh": "甲", "en": "A"}}}],
})  # fmt: skip
EDGE = Edge("api", NOW, ZONE, {"lamp"}, {"330203001001"}, forms={"lamp": FORM}, strict=True)
REPORT = {
    "text": "路灯不亮", "lon": 121.5, "lat": "29.8", "crs": "bd09", "place_code": "330203001001", "address": "南门",
    "category": "lamp", "occurred_at": "2026-07-01T08:30:00+08:00", "reporter_name": "李", "reporter_phone": "+86 138-0000-0000",
    "reporter_email": "a@b.cn", "language": "en", "source_id": "1", "attributes": {"storeys": 3},
}  # fmt: skip
DAYS = (
    "2026-07-01",
    "2026-W28",
    "2026-07",
    "2026年7月1日",
    "2026/7/1 8:30",
    "2026-07-01T08:30:00Z",
    "00:00",
    "8时30分",
)


def reported(raw: dict[str, Any]) -> object:
    return read_report(raw, EDGE)


def coded(text: str) -> object:
    if not codes.is_code(text):
        return codes.place_range(text), codes.is_within(text, "330200000000")
    return codes.level_of(text), codes.ancestors(text), codes.parent_of(text), codes.place_range(text)


@cache
def place_names() -> PlaceNames:
    places = [
        ("330203000000", "海曙区"),
        ("330203001000", "南门街道"),
        ("330203001001", "万安社区居委会"),
        ("330281000000", "余姚市"),
    ]
    return PlaceNames(places, "330200000000")


def searched(text: str) -> object:
    return bigrams.tsquery(text), bigrams.tsvector(text), len(units_of([text]).ids)


def listed(query: dict[str, str]) -> object:
    return Filters.read(query).query_string(sort="due"), filters_of(query)


def rounds_listed(query: dict[str, str]) -> object:
    return read_round_filters(query), read_subject_filters(query)


def open311(query: dict[str, str]) -> object:
    return asked(query, NOW), report_fields({name: [value] for name, value in query.items()}, CATEGORY, FORM)


def told_in_xml(text: str) -> object:
    from defusedxml import ElementTree

    refused = GeoReportError(400, text).document()
    json.loads(rendered(refused, "json"))
    return ElementTree.fromstring(rendered(refused, "xml"))


def body(two: tuple[str, bytes]) -> object:
    found = json_body(*two)
    keys_in(found)
    return photos_of(one_object(found), ()) if isinstance(found, dict) else many(found, 100)


def answered(two: tuple[dict[str, Any], dict[str, str]]) -> object:
    values, texts = two
    return check_answers(FORM, values), read_answers(FORM, {name: [text] for name, text in texts.items()})


def blotted(two: tuple[str, str]) -> object:
    one, text = two
    blotter = Signs((one[:60],), (one[:30],), (one,), (one,), (one,)).blotter
    return blotter.clean(text) if blotter else text


def of_settings(text: str) -> None:
    """Settings of the node's owner: each says what is wrong with it."""
    refusals = (
        ValueError,
        ImproperlyConfigured,
        basemap.BadBasemap,
        proxies.NoAddress,
        CannotRestore,
        NoPolicy,
        NoProvider,
    )
    provider = {"GEZHI_OIDC_ISSUER": text, "GEZHI_OIDC_CLIENT": text, "GEZHI_OIDC_SECRET": text}
    for read in (
        odd_hours, basemap.basemap_in, proxies.proxies_in, moment_in, second_factor_in, operator.operator_kind,
        vouching.witnesses_setting, vouching.witness_of_setting, lambda one: vouching.minutes("a", one),
        lambda one: provider_in(provider),
    ):  # fmt: skip
        try:
            read(text)
        except refusals:
            continue


def headers(text: str) -> object:
    token = request_id.begin(text)
    request_id.end(token)
    return device_in(text), kind_of("GET", text), kind_of("POST", f"/{text}"), redacting.redacted(text)


def origin(text: str) -> object:
    return _allowed(text.encode("latin-1", "replace").decode("latin-1"))


def browser_told(data: bytes) -> object:
    return reports_in(data)


CSP = {
    "csp-report": {
        "effective-directive": "script-src",
        "blocked-uri": "https://a.b/c",
        "document-uri": "http://h/desk/",
    }
}
CSP_NEW = [
    {
        "type": "csp-violation",
        "body": {"effectiveDirective": "img-src", "blockedURL": "inline", "documentURL": "http://h/"},
    }
]
CHANGE = {"list": "duty", "action": "set", "category": "lamp", "level": "county", "function": "sanitation", "place_code": "330203001001",
          "admitted": True, "law": "法", "article": "1", "valid_from": "2026-01-01", "valid_to": None}  # fmt: skip
FILTERS = (
    "text",
    "state",
    "status",
    "category",
    "place",
    "unit",
    "source",
    "due",
    "mark",
    "since",
    "until",
    "sort",
    "after",
)
ASKED = ("service_request_id", "start_date", "end_date", "service_code", "status", "updated_after", "updated_before", "bbox", "page",
         "page_size", "lat", "long", "address_string", "description", "attribute[kind]", "attribute[storeys]", "attribute[a][]")  # fmt: skip
LOG = (
    "password=",
    "token: '",
    "Bearer ",
    "eyJ",
    ".",
    "://a:",
    "@",
    "?code=",
    "otpauth://",
    "secret=",
    "-----BEGIN PRIVATE KEY-----",
    "gz_",
    "/sign-in/link/",
)


def objects(seed: dict[str, Any]) -> st.SearchStrategy[Any]:
    return bent_json(seed).filter(lambda value: isinstance(value, dict))


def parsers() -> list[Parser]:
    fields = [key for group in FORM.layout for key in (one.key for one in group.fields)]
    answers = st.dictionaries(st.sampled_from(fields), json_values, max_size=6)
    words = lambda *pieces: lambda: long_ones(200_000, pieces)  # noqa: E731
    return [
        Parser("a report's fields", ("cases.intake.reading", "packs.forms", "packs.form_checks"), reported,
               objects(REPORT) | st.dictionaries(st.sampled_from(sorted(FIELDS)), json_values, max_size=8), (Unreadable,),
               lambda: [REPORT | {name: text} for name in ("reporter_phone", "reporter_email", "text", "occurred_at", "lon", "address")
                        for text in long_ones(100_000, ("@", ".", "a@a.", "+1", "( ", "2026-"))]),
        Parser("answers to a form", ("packs.forms", "packs.form_checks"), answered, st.tuples(answers, filled(fields, {}, values=DAYS)), (),
               lambda: [({name: text}, {name: text}) for name in fields for text in long_ones(50_000, ("9", ",", "年"))]),
        Parser("place codes", ("lib.codes",), coded, bent_text("330203001001", "330203001001001", "441900003000", pieces=("33", "00", "0", "9")), (ValueError,),
               words("33", "00"), raw=text_of),
        Parser("places named in free words", ("places.names", "places.divisions"), lambda text: place_names().find(text),
               bent_text("海曙区南门街道万安社区门口", "余姚市", pieces=("海曙", "区", "南门", "街道", "万安", "社区", "市")), (), words("南门", "海曙区", "万安"), raw=text_of),
        Parser("telephone numbers", ("lib.numbers",), lambda text: (numbers.number_key(text), numbers.is_number(text), numbers.number_digest("s", text)),
               bent_text("+86 138-0000-0000", "0574 8888", pieces=("1", "+", "-", "(", ")")), (UnicodeEncodeError,), words("1", "+"), raw=text_of),
        Parser("words to search for", ("lib.bigrams", "lib.textmodel.units"), searched, bent_text("路灯 lamp 12", pieces=("a", "路", "_", "' | !", ":*")), (),
               words("路灯", "a_", "a b"), raw=text_of),
        Parser("words that tell a category", ("cases.guessing",), lambda text: guesser().guess(text, 5), bent_text("路灯不亮", pieces=("路灯", "灯")), (), words("路灯"), raw=text_of),
        Parser("days, weeks, months", ("insight.periods",), named, bent_text(*DAYS, pieces=("-", "W", "2026", "07")), (BadPeriod,), words("-", "W"), raw=text_of),
        Parser("cells with days and numbers", ("security.cells",), lambda text: told(text, ZONE), bent_text(*DAYS, "1,234.5e6", pieces=("年", "月", "日", ":", ",", "e")), (),
               words("1,", "9", "2026年", "0.", "1e"), raw=text_of),
        Parser("filters of cases", ("cases.queries.filters", "security.leaving"), listed, filled(FILTERS, {"since": "2026-01-01"}, values=(*DAYS, "1", "due", "open")), (BadFilter,),
               lambda: [{name: text} for name in FILTERS for text in long_ones(100_000, ("2026-",))]),
        Parser("filters of rounds", ("rounds.listing",), rounds_listed, filled(("plan", "place", "state", "subject", "since", "until", "kind", "text", "gone"), {}, values=DAYS),
               (BadRoundFilter,)),
        *_from_addresses(),
    ]  # fmt: skip


def _from_addresses() -> list[Parser]:
    """Also what browsers and other systems say beside: headers, reports of broken policies, settings."""
    latin = bent_text(
        "http://localhost", "https://[::1]:8000", pieces=("http://", "[", "]", ":", "@", "/", "%", "?")
    )
    words = lambda *pieces: lambda: long_ones(200_000, pieces)  # noqa: E731
    return [
        Parser("where a page begins", ("cases.queries.cursor",), read_cursor, bent_text(cursor_of(NOW, 5), pieces=("=", "MjAy", "ICA", "-", "_")), (BadFilter,), words("MjAy", "="), raw=text_of),
        Parser("boxes of a map", ("insight.queries.board.look",), box_of, bent_text("121.5,29.8,121.6,29.9", pieces=(",", "nan", "1e9", "-180")), (BadFilter,), words(","), raw=text_of),
        Parser("ways walked", ("rounds.walking",), lambda text: (track_of(read_positions(text)), read_position(text, text)),
               bent_text("121.5,29.8 121.6,29.8", pieces=(",", " ", "nan", "180", "-90")), (), words("1,1 ", ","), raw=text_of),
        Parser("captures of photos", ("cases.capturing",), capture_in, bent_text(f"{'a' * 64} {'b' * 64} 1782000000000", pieces=(" ", "a" * 64, "9" * 16)), (), words("a", " "), raw=text_of),
        Parser("numbers of exports", ("security.leaving",), lambda text: (number_in(text), numbers_in([text])), bent_text("ABCD-EFGH-JKLM", pieces=("-", "ABCD", "2")), (),
               words("ABCD-", "A"), raw=text_of),
        Parser("Open311 arguments and forms", ("exchange.open311.asking", "packs.forms"), open311, filled(ASKED, {"lat": "29.8", "long": "121.5"}, values=(*DAYS, "open", "a", "1,2")),
               (GeoReportError,), lambda: [{"lat": "1", "long": "1", name: text} for name in ASKED for text in long_ones(100_000, ("1,", "attribute["))]),
        Parser("Open311 answers (XML, JSON)", ("exchange.open311.wire",), told_in_xml, bent_text("路灯", pieces=("<", "&", "]]>", "\ufffe", "\x0b")), (), words("<", "&"), raw=text_of),
        Parser("JSON bodies of calls", ("exchange.rest.bodies", "exchange.rest.photos"), body,
               st.tuples(st.sampled_from(("application/json", "application/x+json;a", "text/plain", "")),
                         bent_json({"text": "a", "photos": ["x"], "photos_base64": ["data:;base64,/9j/"]}).map(lambda one: json.dumps(one).encode()) | bent([b'{"a":[1,{"b":null}]}'])),
               (Problem,), lambda: [("application/json", text.encode()) for text in long_ones(2_000_000, ('{"a":', "[[", "1e", '"\\u'))]),
        Parser("changes of lists", ("people.lists", "people.staffing"), lambda raw: read_change(raw, KNOWN, "here"), objects(CHANGE), (BadChange,)),
        Parser("a person's words in others'", ("rights.person",), blotted, st.tuples(bent_text("王小明", "南门 1 号", pieces=("王", " ", "1")), bent_text("王小明说灯坏了", pieces=("王小明", "1"))), (),
               lambda: [(text[:4_000], text) for text in long_ones(20_000, ("王", "1 ", "ab"))]),
        Parser("headers and logs", ("lib.redacting", "lib.request_id", "people.signing_in.devices", "config.kinds"), headers, bent_text("Mozilla/5.0 (X11) password=abc", pieces=LOG), (),
               lambda: long_ones(100_000, LOG), raw=text_of),
        Parser("origin of a stream's page", ("live.stream",), origin, latin, (StreamRefused,), words("[", "@"), raw=text_of),
        Parser("broken content policies", ("security.csp",), browser_told, bent_json(CSP, CSP_NEW).map(lambda one: json.dumps(one).encode()) | bent([json.dumps(CSP).encode()]), (),
               lambda: [text.encode() for text in long_ones(16_384, ('{"csp-report":', "[{", "http://["))], raw=bytes),
        Parser("settings", ("config.basemap", "config.proxies", "config.vouching", "config.keeping.restoring", "people.unusual", "people.signing_in.policy", "people.signing_in.identity"),
               of_settings, bent_text("22-6", "10.0.0.0/8,::1", "https://t/{z}/{x}/{y} gcj02 ©", "2026-07-01T08:00+08:00", "latest", pieces=("-", ",", "/", ":", "@", "=")), (), raw=text_of),
    ]  # fmt: skip


@cache
def guesser() -> WordGuesser:
    return WordGuesser([CATEGORY])
