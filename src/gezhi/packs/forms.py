"""What was answered to a form: which fields are asked, what is wrong, how answers read. Pure.

An answer is JSON: text, a number, true or false, or a list of the keys that were chosen. A field that is hidden
has none. Faults are (Chinese, English) and are told after the field's title: 层数：不能小于 1.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from jsonschema import Draft202012Validator

from gezhi.packs.form_checks import broken_checks
from gezhi.packs.shapes import Form, FormField, FormGroup, Property, ShowIf

Value = str | int | float | bool | list[str]
Said = tuple[str, str]

LONGEST: Final = 4000  # characters of one text
LARGEST: Final = 1e15
_MISSING: Final[Said] = ("请填写", "needs an answer")
_UNSTORABLE: Final[Said] = ("含有无法保存的字符", "holds characters that cannot be kept")
_TYPES: Final[Mapping[str, Said]] = {
    "string": ("请填文字", "must be text"),
    "number": ("请填数字", "must be a number"),
    "integer": ("请填整数", "must be a whole number"),
    "boolean": ("请选择是或否", "must be true or false"),
    "array": ("请从列出的选项中选择", "must be a list of the choices"),
}
_YES_NO: Final[Mapping[bool, Said]] = {True: ("是", "Yes"), False: ("否", "No")}
_BOOLEANS: Final = {"true": True, "false": False, "是": True, "否": False, "yes": True, "no": False}
_WHOLE: Final = re.compile(r"^[+-]?[0-9]{1,15}$")
_DECIMAL: Final = re.compile(r"^[+-]?[0-9]{1,15}(\.[0-9]{1,10})?$")
_DAY: Final = re.compile(r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$")
_BETWEEN: Final = re.compile(r"[,，;；、]")


@dataclass(frozen=True, slots=True)
class KnownValue:
    """What is known of an element. `text`: as it is shown; `value`: where another field depends on it."""

    text: str
    since: date | None = None
    source: str = ""
    value: Value | None = None


Known = Mapping[str, KnownValue]  # by element
NOTHING: Final[Known] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answers:
    """`values`: those that are right, of fields that are asked; `faults`: by field."""

    values: dict[str, Value] = field(default_factory=dict)
    faults: dict[str, Said] = field(default_factory=dict)


def fields_of(form: Form) -> Iterator[tuple[FormGroup, FormField]]:
    """In the order of the layout."""
    return ((group, one) for group in form.layout for one in group.fields)


def property_of(form: Form, key: str) -> Property:
    return form.form_schema.properties[key]


def shown(form: Form, answers: Mapping[str, object], known: Known = NOTHING) -> list[FormField]:
    """The fields that these answers leave visible."""
    seen = _of_elements(form, known)
    visible = []
    for group, one in fields_of(form):
        if _is_asked(group, one, seen):
            visible.append(one)
            if one.key in answers:
                seen[one.key] = answers[one.key]
    return visible


def check_answers(
    form: Form, values: Mapping[str, object], *, strict: bool = True, known: Known = NOTHING
) -> Answers:
    """JSON values. `strict`: a required answer that is missing is a fault; `known` elements need none.

    Where each answer is right, the form's checks ask whether they fit together.
    """
    answers = Answers(faults=_strangers(form, values))
    seen, asked = _of_elements(form, known), list[str]()
    for group, one in fields_of(form):
        if not _is_asked(group, one, seen):
            continue
        asked.append(one.key)
        value = _tidy(values.get(one.key), one)
        if value in (None, "", []):
            if strict and one.key in form.form_schema.required and one.element not in known:
                answers.faults[one.key] = _MISSING
        elif fault := _fault(form, one, value):
            answers.faults[one.key] = fault
        else:
            seen[one.key] = answers.values[one.key] = value  # type: ignore[assignment]  # its type is checked
    return answers if answers.faults else _fitting(answers, broken_checks(form, seen, asked, strict=strict))


def _fitting(answers: Answers, broken: dict[str, Said]) -> Answers:
    return Answers({key: one for key, one in answers.values.items() if key not in broken}, broken)


def read_answers(
    form: Form, raw: Mapping[str, Sequence[str]], *, strict: bool = True, known: Known = NOTHING
) -> Answers:
    """Texts, as web forms, files and Open311 send them, read and checked."""
    return check_answers(form, read_values(form, raw), strict=strict, known=known)


def read_values(form: Form, raw: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Texts as JSON values, yet unchecked; what is not a field of the form is passed over.

    Also takes a choice by its title, 是 for true, 2026/7/1 for a day, and chosen keys in one text: `gas, water`.
    """
    return {one.key: _from_texts(form, one, raw[one.key]) for _, one in fields_of(form) if one.key in raw}


def kept_answers(form: Form, attributes: Mapping[str, Value]) -> dict[str, Value]:
    """The right answers among a report's attributes: JSON values, or texts where its category was guessed."""
    values = {
        one.key: _from_texts(form, one, [held]) if isinstance(held, str) else held
        for _, one in fields_of(form)
        if (held := attributes.get(one.key)) is not None
    }
    return check_answers(form, values, strict=False).values


def prefilled(form: Form, facts: Mapping[str, str]) -> dict[str, str]:
    """`facts`: by the names of `prefill`. What a person then may change."""
    found = {}
    for _, one in fields_of(form):
        text = facts.get(one.prefill, "") if one.prefill else ""
        if text:
            found[one.key] = text[: property_of(form, one.key).max_length or LONGEST]
    return found


def said_answers(form: Form, values: Mapping[str, object], language: str) -> list[tuple[str, str]]:
    """(title, answer) in the order of the layout. Also of values that another version of the form took."""
    at = 1 if language.startswith("en") else 0
    return [
        ((one.title.zh, one.title.en)[at], _said(one, values[one.key], at))
        for _, one in fields_of(form)
        if values.get(one.key) not in (None, "", [])
    ]


def said_by_key(form: Form, values: Mapping[str, object], language: str) -> dict[str, str]:
    at = 1 if language.startswith("en") else 0
    held = {one.key: (one, values.get(one.key)) for _, one in fields_of(form)}
    return {key: _said(one, value, at) for key, (one, value) in held.items() if value not in (None, "", [])}


def choices_of(form: Form, one: FormField) -> list[tuple[str, Said]]:
    """(key, words) of what may be chosen; empty for fields that are written."""
    asked = property_of(form, one.key)
    if asked.type == "boolean":
        keys: tuple[str, ...] = ("true", "false")
    else:
        keys = (asked.items.enum if asked.items else asked.enum) or ()
    return [(key, _words_of(one, key)) for key in keys]


def _words_of(one: FormField, key: str) -> Said:
    if key in one.choices:
        return one.choices[key].zh, one.choices[key].en
    return _YES_NO[key == "true"] if key in ("true", "false") else (key, key)


def _said(one: FormField, value: object, at: int) -> str:
    if isinstance(value, list | tuple):
        return ("、", ", ")[at].join(_said(one, item, at) for item in value)
    if isinstance(value, bool):
        return _words_of(one, "true" if value else "false")[at]
    text = str(value)
    if text in one.choices:
        return _words_of(one, text)[at]
    return f"{text[:10]} {text[11:16]}" if re.match(r"^[0-9-]{10}T[0-9:]{5}", text) else text


def _of_elements(form: Form, known: Known) -> dict[str, object]:
    """Values by field that need not be asked."""
    return {
        one.key: known[one.element].value
        for _, one in fields_of(form)
        if one.element and one.element in known
    }


def _is_asked(group: FormGroup, one: FormField, seen: Mapping[str, object]) -> bool:
    return _holds(group.show_if, seen) and _holds(one.show_if, seen)


def _holds(condition: ShowIf | None, seen: Mapping[str, object]) -> bool:
    if condition is None:
        return True
    value = seen.get(condition.field)
    held = value if isinstance(value, list) else [value]
    return any(_same(item, wanted) for item in held for wanted in condition.one_of)


def _same(held: object, wanted: object) -> bool:
    """Python takes True for 1."""
    return held == wanted and isinstance(held, bool) == isinstance(wanted, bool)


def _strangers(form: Form, values: Mapping[str, object]) -> dict[str, Said]:
    known = ", ".join(form.form_schema.properties)
    strange = [str(key)[:60] for key in values if key not in form.form_schema.properties]
    return dict.fromkeys(strange, ("表单没有这一项", f"is not asked; known are {known}"))


def _tidy(value: object, one: FormField) -> object:
    if isinstance(value, str):
        return _tidy_text(value, one)
    if isinstance(value, list | tuple):
        return list(dict.fromkeys(value)) if all(isinstance(item, str) for item in value) else list(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST:
        return int(value)
    return value


def _tidy_text(text: str, one: FormField) -> str:
    return "\n".join(text.split("\r\n")).strip() if one.widget == "lines" else " ".join(text.split())


def _fault(form: Form, one: FormField, value: object) -> Said | None:
    asked = property_of(form, one.key)
    if isinstance(value, str):
        if len(value) > (longest := asked.max_length or LONGEST):  # before any pattern looks at it
            return f"最多 {longest} 个字，现有 {len(value)} 个", f"must have at most {longest} characters"
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
            return _UNSTORABLE
    if isinstance(value, list) and len(value) > 60:
        return _TYPES["array"]
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        return _TYPES[asked.type]
    return _schema_fault(form, one, value) or _format_fault(asked, value)


@lru_cache(maxsize=4096)
def _validator(form: Form, key: str) -> Draft202012Validator:
    return Draft202012Validator(property_of(form, key).plain())


def _schema_fault(form: Form, one: FormField, value: object) -> Said | None:
    """What JSON Schema says, in words; that of the type goes first."""
    broken = {str(error.validator) for error in _validator(form, one.key).iter_errors(value)}
    if not broken:
        return None
    asked = property_of(form, one.key)
    if "type" in broken:
        return _TYPES[asked.type]
    hint = one.hint
    words: dict[str, Said] = {
        "enum": (
            "请从列出的选项中选择",
            f"must be one of {', '.join(key for key, _ in choices_of(form, one))}",
        ),
        "minLength": (f"至少 {asked.min_length} 个字", f"must have at least {asked.min_length} characters"),
        "minimum": (f"不能小于 {asked.minimum}", f"must be at least {asked.minimum}"),
        "maximum": (f"不能大于 {asked.maximum}", f"must be at most {asked.maximum}"),
        "minItems": (f"至少选 {asked.min_items} 项", f"needs at least {asked.min_items} choices"),
        "maxItems": (f"最多选 {asked.max_items} 项", f"takes at most {asked.max_items} choices"),
    }
    pattern = (
        (f"格式不对。{hint.zh}", f"is not written as asked. {hint.en}") if hint else _wrong_pattern(asked)
    )
    return next((said for keyword, said in words.items() if keyword in broken), pattern)


def _wrong_pattern(asked: Property) -> Said:
    return "格式不对", f"is not written as {asked.pattern}"


def _format_fault(asked: Property, value: object) -> Said | None:
    if asked.format is None or not isinstance(value, str):
        return None
    if asked.format == "date":
        return None if _is_day(value) else ("请填日期，例如 2026-07-01", "must be a day such as 2026-07-01")
    if _is_instant(value):
        return None
    return "请填日期和时间，例如 2026-07-01 08:30", "must be a time such as 2026-07-01T08:30"


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and 1800 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def _is_instant(text: str) -> bool:
    try:
        return "T" in text and 1800 <= datetime.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def _from_texts(form: Form, one: FormField, texts: Sequence[str]) -> object:
    """A text that is no value of the type stays one: the check then says what is wrong."""
    asked = property_of(form, one.key)
    if asked.type == "array":
        parts = _BETWEEN.split(texts[0]) if len(texts) == 1 else texts
        return [_chosen(form, one, part.strip()) for part in parts if part.strip()]
    text = texts[-1] if texts else ""
    if asked.type == "string":
        return _chosen(form, one, text.strip()) if asked.enum else _dated(asked, text)
    plain = unicodedata.normalize("NFKC", text).strip()
    if asked.type == "boolean":
        chosen = _chosen(form, one, plain)
        return _BOOLEANS.get(str(chosen).lower(), plain)
    if _WHOLE.match(plain):
        return int(plain)
    return float(plain) if _DECIMAL.match(plain) else plain


def _chosen(form: Form, one: FormField, text: str) -> str:
    choices = choices_of(form, one)
    return next((key for key, words in choices if text in (key, *words)), text)


def _dated(asked: Property, text: str) -> str:
    if asked.format == "date-time":
        return re.sub(r"^([0-9-]{10}) ([0-9])", r"\1T\2", text.strip())
    found = _DAY.match(text.strip()) if asked.format == "date" else None
    return "{}-{:0>2}-{:0>2}".format(*found.groups()) if found else text
