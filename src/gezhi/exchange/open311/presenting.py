"""Our things in GeoReport's words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.contact import masked_text
from gezhi.exchange.open311.wire import Fields, Value
from gezhi.packs.forms import choices_of, fields_of, property_of
from gezhi.packs.shapes import Attribute, Category, Form, FormField, FormGroup, Words

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
        "metadata": bool(category.attributes or category.form),
        "type": "realtime",
        "keywords": ",".join(category.words),
        "group": group,
    }


def definition(category: Category, form: Form | None, language: str) -> Fields:
    attributes: list[Value] = [
        _attribute(one, at, language) for at, one in enumerate(category.attributes, start=1)
    ]
    if form:
        first = len(attributes) + 1
        fields = enumerate(fields_of(form), start=first)
        attributes += [_field(form, group, one, order, language) for order, (group, one) in fields]
    return {"service_code": category.key, "attributes": attributes}


def _field(form: Form, group: FormGroup, one: FormField, order: int, language: str) -> Fields:
    """A field of the category's form. What is asked only under a condition is not required here."""
    at = 1 if language == "en" else 0
    values: list[Value] = [{"key": key, "name": words[at]} for key, words in choices_of(form, one)]
    always = one.show_if is None and group.show_if is None
    return {
        "variable": True,
        "code": one.key,
        "datatype": _datatype(form, one),
        "required": always and one.key in form.form_schema.required,
        "datatype_description": said(one.hint, language) if one.hint else "",
        "order": order,
        "description": said(one.title, language),
        "values": values,
    }


def _datatype(form: Form, one: FormField) -> str:
    asked = property_of(form, one.key)
    if asked.type == "array":
        return "multivaluelist"
    if asked.enum or asked.type == "boolean":
        return "singlevaluelist"
    if asked.format:
        return "datetime"
    if asked.type != "string":
        return "number"
    return "text" if one.widget == "lines" else "string"


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
        "description": masked_text(one.text),
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
