"""From pydantic's errors to problems in words."""

from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gezhi.packs.documents import Document
from gezhi.packs.problems import Address, Problem, one_of, spoken
from gezhi.packs.shapes import Shape

_PATTERNS = {
    "[a-z][a-z0-9]*(-": "small letters, digits and single hyphens, first a letter: street-lamp",
    "[a-z][a-z0-9]*$": "one word of small letters and digits, first a letter: pm25",
    "[a-z][0-9]{4}": "a factor of HJ 212: a34004, w01018, Leq",
    "(seconds|minutes": "a number and seconds, minutes, hours or days",
    "]-([01]": "two times of day: 22:00-06:00",
    "(working minutes": "a number and working minutes, working hours, working days, minutes, hours or days",
    "[0-9]{5}": "five digits",
    r"[0-9]+\.[0-9]+": "three numbers: 1.0.0",
    "[a-z][a-z-]*(": "small letters and hyphens, at most one dot: handling.normal",
}
_KINDS = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping of keys",
    "date_type": "a day such as 2026-07-01",
    "date_from_datetime_parsing": "a day such as 2026-07-01",
}


def problems_of(error: ValidationError, shape: type[Shape], document: Document, file: str) -> list[Problem]:
    return [_problem(detail, shape, document, file) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, shape: type[Shape], document: Document, file: str) -> Problem:
    address: Address = detail["loc"]
    what, allowed = _words(detail, shape)
    return Problem(file, document.line_of(address), spoken(address), what, allowed)


def _words(detail: ErrorDetails, shape: type[Shape]) -> tuple[str, str]:
    address, kind = detail["loc"], detail["type"]
    name = str(address[-1]) if address else ""
    if kind == "extra_forbidden":
        return f"unknown key '{name}'", one_of(name, _keys_at(shape, address[:-1]))
    if kind == "missing":
        return f"the key '{name}' is missing", f"'{name}' with a value"
    if kind in ("literal_error", "enum"):
        expected = str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        names = [word.strip("' ") for word in expected.split(",")]
        return f"{_shown(detail)} is not known here", one_of(str(detail["input"]), names)
    if kind == "string_pattern_mismatch":
        return f"{_shown(detail)} is not written as it must be", _pattern(detail)
    return f"{_shown(detail)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", _KINDS.get(
        kind, "see the schema"
    )


def _shown(detail: ErrorDetails) -> str:
    value = detail["input"]
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"


def _pattern(detail: ErrorDetails) -> str:
    pattern = str(detail.get("ctx", {}).get("pattern", ""))
    return next((words for part, words in _PATTERNS.items() if part in pattern), pattern)


def _keys_at(shape: type[Shape], address: Address) -> list[str]:
    at: object = shape
    for part in address:
        at = _inside(at, part)
    if not _is_shape(at):
        return []
    return [field.alias or name for name, field in at.model_fields.items()]  # type: ignore[attr-defined]


def _inside(at: object, part: str | int) -> object:
    if _is_shape(at):
        fields = at.model_fields  # type: ignore[attr-defined]
        field = next((f for name, f in fields.items() if part in (name, f.alias)), None)
        return field.annotation if field else None
    origin, arguments = get_origin(at), get_args(at)
    if origin in (Union, UnionType):
        return next((_inside(argument, part) for argument in arguments if _is_shape(argument)), None)
    return arguments[-1] if origin is dict else arguments[0] if arguments else None


def _is_shape(at: object) -> bool:
    return isinstance(at, type) and issubclass(at, BaseModel)
