"""One request, its own or one of a batch: what it asks for is found or done, and answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import orjson
from django.db import DataError

from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.sensorthings.addressing import Address, NoSuchPath, address_of
from gezhi.exchange.sensorthings.arrays import answer_to, array_of, arrays_in
from gezhi.exchange.sensorthings.asking import Asked, asked
from gezhi.exchange.sensorthings.bodies import BadBody, changed, created, parsed_body
from gezhi.exchange.sensorthings.entities import BY_PLURAL, TIME_BITS, reading_id
from gezhi.exchange.sensorthings.expressions import BadQuery
from gezhi.exchange.sensorthings.paging import paging
from gezhi.exchange.sensorthings.patching import patched
from gezhi.exchange.sensorthings.queries.fetching import Reader, Row
from gezhi.exchange.sensorthings.queries.finding import Found, found_at
from gezhi.lib.refused import Refused
from gezhi.sensing.actions import change, correct, create, observe, remove, remove_reading, take_observed
from gezhi.sensing.actions.things_writer import Writer
from gezhi.sensing.columns import Fate
from gezhi.sensing.drafts import Draft, Observed, Ref

VERSION: Final = "v1.1"
_CLASSES: Final = (
    "datamodel", "resource-path/resource-path-to-entities", "request-data", "create-update-delete/create-entity",
    "create-update-delete/link-to-existing-entities", "create-update-delete/deep-insert",
    "create-update-delete/deep-insert-status-code", "create-update-delete/update-entity",
    "create-update-delete/delete-entity", "create-update-delete/historical-location-auto-creation",
    "batch-request/batch-request", "data-array/data-array",
)  # fmt: skip
_BASE: Final = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
JSON_PATCH: Final = "application/json-patch+json"
_REFUSED: Final = {
    "no-post": 403, "not-your-place": 403, "contradicts": 409, "too-many-readings": 409, "too-many-streams": 409,
    "archived": 409,
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """`path`: after the version, as it came; `query`: after the question mark; `kind`: of the body."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    kind: str = ""


@dataclass
class Answer:
    """`body`: JSON, or bytes of `kind`. `refused`: rows that were, less those that were kept."""

    status: int
    body: object = None
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    refused: int = 0

    def content(self) -> bytes:
        return (
            self.body
            if isinstance(self.body, bytes)
            else b""
            if self.body is None
            else orjson.dumps(self.body)
        )


@dataclass(frozen=True)
class Service:
    """For one asker. `base`: the address of the service."""

    base: str
    reader: Reader
    writer: Writer
    now: datetime

    def answer(self, call: Call) -> Answer:
        """Raises Problem."""
        try:
            return self._answer(call)
        except NoSuchPath as error:
            raise Problem(404, "not-found", str(error)) from error
        except BadQuery as error:
            raise Problem(400, "unusable", str(error)) from error
        except BadBody as error:
            raise Problem(
                400, "invalid", "The body cannot be taken as it is; see errors.", error.faults
            ) from error
        except DataError as error:
            detail = f"A value of the request cannot be calculated with: {str(error).splitlines()[0][:200]}."
            raise Problem(400, "unusable", detail) from error
        except Refused as error:
            unknown = error.code.startswith("unknown-")
            status = _REFUSED.get(error.code, 404 if unknown and call.method != "POST" else 400)
            raise Problem(status, error.code, error.en) from error

    def _answer(self, call: Call) -> Answer:
        path = call.path.strip("/")
        if call.method in ("GET", "HEAD"):
            return self._root() if not path else self._get(call, address_of(path))
        if path == "CreateObservations" and call.method == "POST":
            return self._take_arrays(call)
        address = address_of(path)
        if call.query and call.method != "POST":
            raise BadQuery(f"{call.method} takes no options after the question mark.")
        if address.keys or address.ref:
            raise _method(call, "GET")
        if not address.is_one:
            return self._create(call, address) if call.method == "POST" else self._not_here(call, "GET, POST")
        if call.method not in ("PATCH", "PUT", "DELETE"):
            return self._not_here(call, "GET, PATCH, PUT, DELETE")
        found = found_at(self.reader, address)
        return self._delete(found) if call.method == "DELETE" else self._change(call, found)

    def _not_here(self, call: Call, may: str) -> Answer:
        raise _method(call, may)

    def _root(self) -> Answer:
        lists = [{"name": name, "url": f"{self.base}/{name}"} for name in BY_PLURAL]
        return Answer(
            200, {"value": lists, "serverSettings": {"conformance": [_BASE + one for one in _CLASSES]}}
        )

    def _get(self, call: Call, address: Address) -> Answer:
        wanted = asked(address.entity, call.query)
        if address.keys:
            return self._property(address, wanted)
        found = found_at(self.reader, address)
        if address.is_one:
            rows = self.reader.page(wanted, found.scope, found.proven, found.span(wanted)).rows
            if not rows:
                raise found.missing()
            return Answer(200, _ref(rows[0]) if address.ref else rows[0])
        return self._list(call, address, wanted, found)

    def _list(self, call: Call, address: Address, wanted: Asked, found: Found) -> Answer:
        page = self.reader.page(wanted, found.scope, found.proven, found.span(wanted))
        body: Row = {} if page.count is None else {"@iot.count": page.count}
        if page.more:
            path = call.path.strip("/")
            body["@iot.nextLink"] = f"{self.base}/{path}?{paging(wanted).after(len(page.rows), page.token)}"
        if wanted.result_format and address.entity.is_reading:
            streams = [one >> TIME_BITS for one in page.ids]
            return Answer(200, {**body, "value": list(array_of(page.rows, streams, self.base))})
        return Answer(200, {**body, "value": [_ref(row) for row in page.rows] if address.ref else page.rows})

    def _property(self, address: Address, wanted: Asked) -> Answer:
        if wanted.texts:
            raise BadQuery("A property takes no options after the question mark.")
        name = "id" if address.keys[0] == "@iot.id" else address.keys[0]
        found, own = found_at(self.reader, address), Asked(address.entity, select=(name,))
        rows = self.reader.page(own, found.scope, found.proven, found.span(own)).rows
        if not rows:
            raise found.missing()
        value = orjson.loads(orjson.dumps(rows[0].get("@iot.id" if name == "id" else name)))
        for key in address.keys[1:]:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return Answer(204)
        if not address.value:
            return Answer(200, {address.keys[-1]: value})
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        return Answer(200, text.encode(), kind="text/plain; charset=utf-8")

    def _create(self, call: Call, address: Address) -> Answer:
        body = parsed_body(call.body)
        found = found_at(self.reader, address)
        if found.parent is not None and isinstance(body, dict):
            body = {**body, **found.as_link(body)}
        draft = created(address.entity, body, self.now)
        if isinstance(draft, Observed):
            number = reading_id(observe(self.writer, draft, self.now), draft.at)
        else:
            number = create(self.writer, draft, self.now)
        return self._told(201, address, number)

    def _told(self, status: int, address: Address, number: int) -> Answer:
        own = f"{self.base}/{address.entity.plural}({number})"
        body = {"@iot.selfLink": own, "@iot.id": number}
        return Answer(status, body, headers={"Location": own} if status == 201 else {})

    def _take_arrays(self, call: Call) -> Answer:
        arrays = arrays_in(parsed_body(call.body), int(self.now.timestamp() * 1000))
        unread = int((~arrays.usable).sum())
        noted = take_observed(self.writer, arrays.columns, arrays.extras, self.now, unread)
        counts = {fate.name.lower(): noted.count(fate) for fate in Fate}
        counts["refused"] += unread
        told = ", ".join(f"{name}={count}" for name, count in counts.items())
        content, kept = answer_to(arrays, noted.fate, self.base), counts["new"] + counts["again"]
        return Answer(201, content, headers={"Gezhi-Taken": told}, refused=counts["refused"] - kept)

    def _change(self, call: Call, found: Found) -> Answer:
        entity, number = found.address.entity, found.number
        body = parsed_body(call.body)
        if call.kind.partition(";")[0].strip().lower() == JSON_PATCH:
            own = Asked(entity)
            rows = self.reader.page(own, found.scope, found.proven, found.span(own)).rows
            if not rows:
                raise found.missing()
            plain = {k: v for k, v in orjson.loads(orjson.dumps(rows[0])).items() if "@iot." not in k}
            body = patched(plain, body)
        draft, named = changed(entity, body, self.now, whole=call.method == "PUT")
        if isinstance(draft, Draft):
            change(self.writer, number, draft, self.now)
        elif draft.datastream is not None and draft.datastream != Ref(found.key[0]):
            raise BadQuery("An observation stays with its datastream. Post it to the other one.")
        else:
            correct(self.writer, found.key, draft, named, self.now)
        return self._told(200, found.address, number)

    def _delete(self, found: Found) -> Answer:
        if found.address.entity.is_reading:
            remove_reading(self.writer, found.key)
        else:
            remove(self.writer, found.address.entity.name, found.number)
        return Answer(200)


def _ref(row: Mapping[str, object]) -> Row:
    return {"@iot.selfLink": row["@iot.selfLink"]}


def _method(call: Call, may: str) -> Problem:
    detail = f"{call.method} is not possible at /{call.path[:200]}. You may: {may}."
    return Problem(405, "method-not-allowed", detail, headers={"Allow": may})
