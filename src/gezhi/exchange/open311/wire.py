"""GeoReport v2 documents as XML (chapter and verse of the specification) and as its JSON. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union
from xml.etree.ElementTree import Element, SubElement, tostring

Value = Union[str, int, float, bool, None, "Mapping[str, Value]", Sequence["Value"]]
Fields = Mapping[str, Value]
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute", "values": "value"}
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """`item` is the name of each element of a list; "" when the document is one thing."""

    root: str
    item: str
    content: Fields | Sequence[Fields]


class GeoReportError(Exception):
    """A refusal. 404: unknown code or id. 403: key. 400: what is missing, and all else."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__("; ".join(descriptions))
        self.status, self.descriptions = status, descriptions

    def document(self) -> Document:
        errors: list[Fields] = [{"code": self.status, "description": text} for text in self.descriptions]
        return Document("errors", "error", errors)


def rendered(document: Document, form: str) -> bytes:
    if form == "json":
        return json.dumps(document.content, ensure_ascii=False).encode("utf-8", "replace")
    root = Element(document.root)
    if isinstance(document.content, Mapping):
        _fill(root, document.content)
    else:
        for one in document.content:
            _fill(SubElement(root, document.item), one)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: Element, fields: Fields) -> None:
    for name, value in fields.items():
        _put(SubElement(element, name), name, value)


def _put(element: Element, name: str, value: Value) -> None:
    if isinstance(value, Mapping):
        _fill(element, value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            _put(SubElement(element, ITEMS.get(name, "item")), name, one)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = NOT_XML.sub("\ufffd", str(value))
