"""What the columns of a file mean: columns -> fields, constants, value maps, time and coordinates. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping as Reading
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from gezhi.cases.intake.reading import FIELDS, TEXT_LIMIT
from gezhi.cases.intake.shapes import Fault
from gezhi.exchange.files.decoding import undecoded
from gezhi.exchange.files.rows import FileUnreadable, Row

MAPPABLE = FIELDS - {"source_id", "attributes", "crs"}
FORM_FIELD = re.compile(r"^form\.[a-z][a-z0-9_]{0,39}$")  # an answer to the category's form
MAX_MAPPING = 1024 * 1024  # bytes
MAX_DEPTH, MAX_PARTS = 16, 20_000
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # twenty times as quick
PIECE = 1000  # characters of one attribute


def _as_source(value: object) -> object:
    """`text: title` is short for `text: {column: title}`; a list joins its columns."""
    if isinstance(value, str | int):
        return {"columns": [str(value)]}
    if isinstance(value, list):
        return {"columns": value}
    if isinstance(value, dict) and "column" in value:
        return {**{key: one for key, one in value.items() if key != "column"}, "columns": [value["column"]]}
    return value


class Source(BaseModel):
    """Where a field's value comes from: columns joined, or a constant; then looked up in `values`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...] = Field(default=(), max_length=20)
    join: str = " "
    value: str = ""
    values: dict[str, str] | None = None
    otherwise: str | None = None


Given = Annotated[Source, BeforeValidator(_as_source)]


class Times(BaseModel):
    """`format` as of strptime (empty: ISO, or 2019/4/5 9:32); `zone` of times that name none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = ""
    zone: str = ""

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        try:
            return zone and ZoneInfo(zone).key
        except (KeyError, OSError, ValueError) as error:
            raise ValueError("is no time zone such as Asia/Shanghai") from error


class Mapping(BaseModel):
    """`id`: the columns that make a row the same row; without them, the row's own content does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(pattern=r"^[\w][\w.-]{0,54}$")
    id: tuple[str, ...] = ()
    fields: dict[str, Given]
    attributes: dict[str, str] = Field(default={}, max_length=40)
    time: Times = Times()
    crs: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    long_text: Literal["refuse", "continue"] = "refuse"
    encoding: str = ""
    delimiter: str = Field(default="", max_length=1)
    sheet: str = ""

    @field_validator("id", mode="before")
    @classmethod
    def one_or_more(cls, value: object) -> object:
        return [value] if isinstance(value, str | int) else value

    @field_validator("fields")
    @classmethod
    def known_fields(cls, fields: dict[str, Source]) -> dict[str, Source]:
        for name in sorted(fields.keys() - MAPPABLE):
            if not FORM_FIELD.match(name):
                raise ValueError(
                    f"unknown field {name!r}; known are {', '.join(sorted(MAPPABLE))}, form.FIELD"
                )
        if "text" not in fields:
            raise ValueError("'text' is missing: say which columns tell what is the matter")
        return fields

    @property
    def answers_forms(self) -> bool:
        return any(name.startswith("form.") for name in self.fields)

    def columns(self) -> list[str]:
        named = [column for source in self.fields.values() for column in source.columns]
        return list(dict.fromkeys([*self.id, *named, *self.attributes.values()]))


def mapping_from_yaml(text: str) -> Mapping:
    """Raises FileUnreadable with every mistake."""
    if len(text) > MAX_MAPPING:
        raise FileUnreadable("The mapping is larger than 1 MB.")
    try:
        _require_plain(text)
        content = yaml.load(text, _LOADER)  # noqa: S506 - either is a safe one
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FileUnreadable(f"The mapping is not YAML: {error}") from error
    return mapping_from(content)


def _require_plain(text: str) -> None:
    """Aliases are refused: no small file becomes a large one. So is depth, with which the time to read grows."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, _LOADER)):
        if count > MAX_PARTS:
            raise FileUnreadable(f"The mapping has over {MAX_PARTS} parts; at most so many are read.")
        if isinstance(event, yaml.AliasEvent):
            raise FileUnreadable("The mapping uses YAML aliases (*name); write the values out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise FileUnreadable(f"The mapping is nested over {MAX_DEPTH} levels deep; a mapping has four.")


def mapping_from(content: object) -> Mapping:
    """Raises FileUnreadable with every mistake."""
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        mistakes = [f"{'.'.join(map(str, one['loc'])) or 'mapping'}: {one['msg']}" for one in error.errors()]
        raise FileUnreadable("The mapping is not usable. " + "; ".join(mistakes)) from error


def check_columns(mapping: Mapping, columns: tuple[str, ...]) -> None:
    """Raises FileUnreadable for a column that the file does not have, or has twice."""
    missing = [name for name in mapping.columns() if name not in columns]
    if missing:
        raise FileUnreadable(f"The file has no column {', '.join(missing)}; it has {', '.join(columns)}.")
    double = [name for name in mapping.columns() if columns.count(name) > 1]
    if double:
        raise FileUnreadable(f"The file has column {', '.join(double)} more than once; rename one.")


def mapped(row: Row, mapping: Mapping) -> tuple[dict[str, object], list[Fault]]:
    """The report's fields as `read_report` takes them, and what of them cannot be."""
    raw: dict[str, object] = {}
    faults: list[Fault] = []
    for name, source in mapping.fields.items():
        try:
            raw[name] = _value(row, source)
        except LookupError as error:
            faults.append(Fault(name, str(error.args[0])[:200], str(error.args[1])))
    faults += _undecodable(row, mapping)
    faults += _read_time(raw, mapping)
    answers = {name: _text(raw.pop(name)) for name in list(raw) if name.startswith("form.")}
    extra = {name: _text(row.values.get(column)) for name, column in mapping.attributes.items()}
    extra = {name: text for name, text in extra.items() if text}
    if mapping.long_text == "continue":
        extra |= _continued(raw)
    raw["attributes"] = extra | {name.removeprefix("form."): text for name, text in answers.items() if text}
    raw["crs"] = mapping.crs
    raw["source_id"], fault = _identity(row, mapping, raw)
    return raw, [*faults, *([fault] if fault else [])]


def _value(row: Row, source: Source) -> object:
    if len(source.columns) == 1 and source.values is None:
        return row.values.get(source.columns[0])
    texts = [_text(row.values.get(column)) for column in source.columns]
    text = source.join.join(text for text in texts if text) or source.value
    if source.values is None:
        return text
    if text in source.values:
        return source.values[text]
    if source.otherwise is None:
        raise LookupError(text, "is not among the mapping's values; add it there or set 'otherwise'")
    return source.otherwise


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _undecodable(row: Row, mapping: Mapping) -> list[Fault]:
    fields_of = {column: name for name, source in mapping.fields.items() for column in source.columns}
    return [
        Fault(
            fields_of.get(column, column)[:60],
            _shown(value),
            f"column {column!r} holds bytes of another encoding",
        )
        for column in mapping.columns()
        if isinstance(value := row.values.get(column), str) and undecoded(value)
    ]


def _shown(value: str) -> str:
    return value[:200].encode("utf-8", "backslashreplace").decode("utf-8")


def _read_time(raw: dict[str, object], mapping: Mapping) -> list[Fault]:
    text = raw.get("occurred_at")
    if not mapping.time.format or not isinstance(text, str) or not text.strip():
        return []
    try:
        raw["occurred_at"] = datetime.strptime(text.strip(), mapping.time.format)  # noqa: DTZ007 - the zone is the edge's
    except ValueError:
        raw.pop("occurred_at")
        return [Fault("occurred_at", _shown(text), f"is not written as {mapping.time.format}")]
    return []


def _continued(raw: dict[str, object]) -> dict[str, str]:
    """What does not fit the text, in pieces, as attributes."""
    text = str(raw.get("text") or "").strip()
    if len(text) <= TEXT_LIMIT:
        return {}
    rest, raw["text"] = text[TEXT_LIMIT:], text[:TEXT_LIMIT]
    return {
        f"text-{at // PIECE + 2}": rest[at : at + PIECE] for at in range(0, min(len(rest), 10 * PIECE), PIECE)
    }


def _identity(row: Row, mapping: Mapping, raw: Reading[str, object]) -> tuple[str, Fault | None]:
    if mapping.id:
        parts = [_text(row.values.get(column)) for column in mapping.id]
        fault = Fault(
            "source_id", "", f"is missing: column {', '.join(mapping.id)} makes the row the same row"
        )
        return "/".join(parts), None if all(parts) else fault
    content = json.dumps(raw, sort_keys=True, default=str).encode("utf-8", "backslashreplace")
    return "sha256:" + hashlib.sha256(content).hexdigest(), None
