"""Our things in GeoReport's words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.exchange.open311.wire import Fields, Value
from gezhi.packs.shapes import Attribute, Category, Words

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Request:
    """A report as the world may see it. Never who reported it."""

    id: int
    is_open: bool
    state: Words
    category: Category
    text: str
    unit: str
    requested_at: datetime
    updated_at: datetime
    due_at: datetime | None
    address: str
    place_code: str
    lon: float | None
    lat: float | None
    media_url: str


@dataclass(frozen=True, slots=True)
class Update:
    id: str
    request_id: int
    is_open: bool
    at: datetime
    done: Words


def discovery(base: str, contact: str) -> Fields:
    """`base`: the absolute address of this interface, ending in a slash."""
    endpoint: dict[str, Value] = {
        "specification": SPECIFICATION,
        "url": base.rstrip("/"),
        "changeset": CHANGESET,
        "formats": ["text/xml", "application/json"],
    }
    endpoints: list[Value] = [{**endpoint, "type": "production"}, {**endpoint, "type": "test"}]
    about = f"Keys are issued by the operator of this node; telephone {contact}"
    return {"changeset": CHANGESET, "contact": contact, "key_service": about, "endpoints": endpoints}


def service(category: Category, group: str, language: str) -> Fields:
    return {
        "service_code": category.key,
        "service_name": said(category.name, language),
        "description": f"{category.name.zh} {category.name.en}",
        "metadata": bool(category.attributes),
        "type": "realtime",
        "keywords": ",".join(category.words),
        "group": group,
    }


def definition(category: Category, language: str) -> Fields:
    attributes: list[Value] = [
        _attribute(one, at, language) for at, one in enumerate(category.attributes, start=1)
    ]
    return {"service_code": category.key, "attributes": attributes}


def _attribute(attribute: Attribute, order: int, language: str) -> Fields:
    values: list[Value] = [
        {"key": key, "name": said(name, language)} for key, name in attribute.values.items()
    ]
    return {
        "variable": True,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": "",
        "order": order,
        "description": said(attribute.title, language),
        "values": values,
    }


def request(one: Request, language: str) -> Fields:
    return {
        "service_request_id": str(one.id),
        "status": _status(one.is_open),
        "status_notes": said(one.state, language),
        "service_name": said(one.category.name, language),
        "service_code": one.category.key,
        "description": one.text,
        "agency_responsible": one.unit,
        "service_notice": "",
        "requested_datetime": instant(one.requested_at),
        "updated_datetime": instant(one.updated_at),
        "expected_datetime": instant(one.due_at) if one.due_at else "",
        "address": one.address,
        "address_id": one.place_code,
        "zipcode": "",
        "lat": one.lat,
        "long": one.lon,
        "media_url": one.media_url if one.media_url.startswith(("https://", "http://")) else "",
    }


def update(one: Update, language: str) -> Fields:
    return {
        "update_id": one.id,
        "service_request_id": str(one.request_id),
        "status": _status(one.is_open),
        "updated_datetime": instant(one.at),
        "description": said(one.done, language),
    }


def created(ids: Sequence[int], notice: str) -> list[Fields]:
    return [{"service_request_id": str(pk), "service_notice": notice, "account_id": ""} for pk in ids]


def said(words: Words, language: str) -> str:
    return words.en if language == "en" else words.zh


def instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _status(is_open: bool) -> str:
    return "open" if is_open else "closed"
