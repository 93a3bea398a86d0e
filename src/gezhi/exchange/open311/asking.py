"""What a caller asks: the arguments of GET requests and the form of POST request. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gezhi.exchange.open311.wire import GeoReportError
from gezhi.packs.forms import Value, read_answers
from gezhi.packs.shapes import Category, Form

SPAN = timedelta(days=90)
MOST = 1000
LARGEST_ID = 2**63 - 1
ATTRIBUTE = re.compile(r"^attribute\[([^\]]{1,60})\](?:\[\])?$")
PLAIN = {
    "email": "reporter_email",
    "phone": "reporter_phone",
    "address_string": "address",
    "address_id": "place_code",
}
KEPT = {
    "device_id": "open311-device-id",
    "account_id": "open311-account-id",
    "media_url": "open311-media-url",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """`ids` override everything else. `bbox`: west, south, east, north."""

    ids: tuple[int, ...] | None
    start: datetime
    end: datetime
    service_codes: tuple[str, ...] = ()
    is_open: bool | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    page: int = 1
    page_size: int = MOST


def asked(query: Mapping[str, str], now: datetime) -> Asked:
    """An empty argument equals an absent one. Raises GeoReportError."""
    start, end = _range(_instant(query, "start_date"), _instant(query, "end_date"), now)
    ids = _list(query, "service_request_id")
    return Asked(
        ids=ids_of(ids) if ids else None,
        start=start,
        end=end,
        service_codes=_list(query, "service_code"),
        is_open=_status(_list(query, "status")),
        updated_after=_instant(query, "updated_after"),
        updated_before=_instant(query, "updated_before"),
        bbox=_bbox(_list(query, "bbox")),
        page=_number(query, "page", 1, 100_000),
        page_size=_number(query, "page_size", MOST, MOST),
    )


def ids_of(texts: Iterable[str]) -> tuple[int, ...]:
    """What is no number is the id of nothing."""
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20]
    return tuple(number for number in numbers if number <= LARGEST_ID)[:MOST]


def _list(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in query.get(name, "").split(",") if part.strip())


def _range(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    if start and end and end - start > SPAN:
        raise GeoReportError(
            400, "start_date and end_date lie more than 90 days apart. Ask for shorter spans."
        )
    try:
        if start:
            return start, end or start + SPAN
        return (end or now) - SPAN, end or now
    except OverflowError:
        raise GeoReportError(400, "start_date or end_date lies beyond every calendar.") from None


def _instant(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GeoReportError(400, f"{name} is not a W3C time such as 2026-07-01T00:00:00Z.") from None


def _status(names: tuple[str, ...]) -> bool | None:
    if unknown := set(names) - {"open", "closed"}:
        raise GeoReportError(
            400, f"status {', '.join(sorted(unknown))[:60]} is unknown; it is open or closed."
        )
    return None if len(set(names)) != 1 else names[0] == "open"


def _bbox(parts: tuple[str, ...]) -> tuple[float, float, float, float] | None:
    if not parts:
        return None
    try:
        west, south, east, north = map(float, parts)
    except ValueError:
        raise GeoReportError(400, "bbox must be four numbers: west,south,east,north.") from None
    return west, south, east, north


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise GeoReportError(400, f"{name} must be a number from 1 to {most}.")
    return int(text)


def report_fields(
    form: Mapping[str, list[str]], category: Category, asked_form: Form | None = None
) -> dict[str, object]:
    """A POST's form as the fields of a report. Raises GeoReportError for what the specification requires."""
    plain = {name: values[-1].strip() for name, values in form.items() if values and values[-1].strip()}
    located = {"lat", "long"} <= plain.keys() or "address_string" in plain or "address_id" in plain
    if not located:
        raise GeoReportError(
            400, "A position is missing: send lat and long, or address_string, or address_id."
        )
    fields = asked_form.form_schema.properties if asked_form else {}
    others = {code: text for code, text in _attributes(form, category).items() if code not in fields}
    attributes = others | _answers(form, asked_form)
    raw: dict[str, object] = {ours: plain[theirs] for theirs, ours in PLAIN.items() if theirs in plain}
    if {"lat", "long"} <= plain.keys():
        raw |= {"lon": plain["long"], "lat": plain["lat"]}
    raw["text"] = plain.get("description") or category.name.zh
    raw["category"] = category.key
    raw["reporter_name"] = " ".join(plain[name] for name in ("first_name", "last_name") if name in plain)
    raw["attributes"] = attributes | {ours: plain[theirs] for theirs, ours in KEPT.items() if theirs in plain}
    return raw


def _answers(form: Mapping[str, list[str]], asked_form: Form | None) -> dict[str, Value]:
    """Answers to the category's form. What is missing keeps no report out; what is wrong can be mended."""
    if asked_form is None:
        return {}
    given = {found.group(1): values for name, values in form.items() if (found := ATTRIBUTE.match(name))}
    answers = read_answers(asked_form, given, strict=False)
    if answers.faults:
        raise GeoReportError(400, *(f"attribute[{key}] {words[1]}." for key, words in answers.faults.items()))
    return answers.values


def _attributes(form: Mapping[str, list[str]], category: Category) -> dict[str, str]:
    given = {found.group(1): values for name, values in form.items() if (found := ATTRIBUTE.match(name))}
    known = {attribute.code: attribute for attribute in category.attributes}
    missing = [
        code for code, attribute in known.items() if attribute.required and not any(given.get(code, ()))
    ]
    if missing:
        raise GeoReportError(400, *(f"attribute[{code}] is required for this service." for code in missing))
    wrong = [
        f"attribute[{code}] {value[:60]!r} is not one of {', '.join(known[code].values)}."
        for code, values in given.items()
        if code in known and known[code].values
        for value in values
        if value not in known[code].values
    ]
    if wrong:
        raise GeoReportError(400, *wrong)
    return {code: ", ".join(values) for code, values in given.items()}
