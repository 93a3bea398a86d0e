"""Whether a form can be asked: its schema and its layout agree. Shapes are already right when these checks run."""

from collections.abc import Callable, Iterator
from typing import Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from gezhi.packs.checking_patterns import why_unsafe
from gezhi.packs.checking_rules import check_typed
from gezhi.packs.form_checks import names_in
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.shapes import Form, FormCheck, FormField, Need, Pack, Property, ShowIf, Transition
from gezhi.rules import compile_rule

_KEYWORDS: Final[dict[str, set[str]]] = {
    "string": {"format", "enum", "pattern", "minLength", "maxLength"},
    "number": {"minimum", "maximum"},
    "integer": {"minimum", "maximum"},
    "boolean": set(),
    "array": {"items", "minItems", "maxItems"},
}
_PREFILLED: Final = {"text", "address", "place", "reporter-name", "reporter-phone", "number"}
MOST_CHOICES: Final = 60


def check_forms(pack: Pack) -> Iterator[Finding]:
    for index, form in enumerate(pack.forms):
        yield from check_form(form, ("forms", index))
    for index, procedure in enumerate(pack.procedures):
        for n, step in enumerate(procedure.transitions):
            yield from _step(step, ("procedures", index, "transitions", n))


def _step(step: Transition, at: Address) -> Iterator[Finding]:
    if step.form and Need.FORM not in {*step.needs, *step.may}:
        yield Finding((*at, "form"), f"'{step.key}' has a form and asks for none", "'form' in needs or may")
    if step.form is None and Need.FORM in step.may:
        yield Finding((*at, "may"), f"'{step.key}' may be given a form and names none", "form: KEY")


def check_form(form: Form, at: Address) -> Iterator[Finding]:
    yield from _schema(form, (*at, "schema"))
    yield from _laid_out_once(form, at)
    earlier: dict[str, Property] = {}
    for number, group in enumerate(form.layout):
        here = (*at, "layout", number)
        if group.show_if:
            yield from _show_if(group.show_if, earlier, (*here, "show_if"))
        for index, one in enumerate(group.fields):
            asked = form.form_schema.properties.get(one.key)
            if asked:
                yield from _field(one, asked, earlier, (*here, "fields", index))
                earlier[one.key] = asked
    for index, check in enumerate(form.checks):
        yield from _check(check, form, (*at, "checks", index, "when"))


def _check(check: FormCheck, form: Form, at: Address) -> Iterator[Finding]:
    names = names_in(form)
    found = list(check_typed(check.when, names, "bool", at))
    yield from found
    if not found and not compile_rule(check.when, names).names:
        yield Finding(at, "it asks for no field", one_of("", names))


def _schema(form: Form, at: Address) -> Iterator[Finding]:
    try:
        Draft202012Validator.check_schema(form.form_schema.plain())
    except SchemaError as error:
        yield Finding((*at, *error.absolute_path), f"no JSON Schema: {error.message}", "JSON Schema 2020-12")
    properties = form.form_schema.properties
    for index, key in enumerate(form.form_schema.required):
        if key not in properties:
            what = f"'{key}' is required and is no property"
            yield Finding((*at, "required", index), what, one_of(key, properties))
    for key, asked in properties.items():
        yield from _property(asked, (*at, "properties", key))


def _property(asked: Property, at: Address) -> Iterator[Finding]:
    given = set(asked.model_dump(by_alias=True, exclude_none=True)) - {"type"}
    for keyword in sorted(given - _KEYWORDS[asked.type]):
        allowed = one_of(keyword, _KEYWORDS[asked.type]) if _KEYWORDS[asked.type] else "no further keyword"
        yield Finding((*at, keyword), f"'{keyword}' says nothing about a {asked.type}", allowed)
    if asked.type == "array" and asked.items is None:
        yield Finding(at, "a list without choices", "items: {type: string, enum: [...]}")
    if asked.type == "string":
        yield from _string(asked, at)
    yield from _bounds(asked, at)
    choices = asked.items.enum if asked.items else asked.enum or ()
    for choice in sorted({one for one in choices if not _is_choice(one) or choices.count(one) > 1}):
        what = f"'{choice}' is no key of a choice, or stands twice"
        yield Finding((*at, "enum"), what, "letters, digits, - and _, each once; words go to 'choices'")


def _is_choice(text: str) -> bool:
    return 0 < len(text) <= 40 and text.isascii() and text.replace("-", "a").replace("_", "a").isalnum()


def _string(asked: Property, at: Address) -> Iterator[Finding]:
    free = asked.enum is None and asked.format is None
    if free and asked.max_length is None:
        yield Finding(at, "a text without an end", "maxLength, at most 4000")
    for keyword, value in (
        ("maxLength", asked.max_length),
        ("minLength", asked.min_length),
        ("pattern", asked.pattern),
    ):
        if value is not None and not free:
            yield Finding((*at, keyword), f"'{keyword}' beside enum or format", "one of them")
    if asked.enum is not None and asked.format is not None:
        yield Finding((*at, "format"), "'format' beside enum", "one of them")
    if asked.pattern and (why := why_unsafe(asked.pattern, asked.max_length or 0)):
        yield Finding((*at, "pattern"), *why)


def _bounds(asked: Property, at: Address) -> Iterator[Finding]:
    pairs = [
        ("minLength", asked.min_length, "maxLength", asked.max_length),
        ("minimum", asked.minimum, "maximum", asked.maximum),
        ("minItems", asked.min_items, "maxItems", asked.max_items),
    ]
    for low, least, high, most in pairs:
        if least is not None and most is not None and least > most:
            yield Finding((*at, low), f"{low} {least} is more than {high} {most}", f"{low} up to {high}")
    if asked.items and asked.min_items and asked.min_items > len(asked.items.enum):
        what = f"minItems {asked.min_items} of {len(asked.items.enum)} choices"
        yield Finding((*at, "minItems"), what, f"at most {len(asked.items.enum)}")


def _laid_out_once(form: Form, at: Address) -> Iterator[Finding]:
    properties, laid = form.form_schema.properties, set[str]()
    for number, group in enumerate(form.layout):
        for index, one in enumerate(group.fields):
            here = (*at, "layout", number, "fields", index, "key")
            if one.key in laid:
                yield Finding(here, f"'{one.key}' is laid out twice", "each property once")
            if one.key not in properties:
                what = f"there is no property '{one.key}' in the schema"
                yield Finding(here, what, one_of(one.key, properties))
            laid.add(one.key)
    for key in properties:
        if key not in laid:
            here = (*at, "schema", "properties", key)
            yield Finding(here, f"'{key}' is not laid out, so nobody is asked", "a field of it in 'layout'")


def _field(one: FormField, asked: Property, earlier: dict[str, Property], at: Address) -> Iterator[Finding]:
    yield from _choices(one, asked, at)
    widgets = _widgets(asked)
    if one.widget and one.widget not in widgets:
        kind = "choice" if asked.enum else asked.type
        allowed = one_of(one.widget, widgets) if widgets else "no widget: there is one way to ask it"
        yield Finding((*at, "widget"), f"the widget '{one.widget}' does not fit a {kind}", allowed)
    if one.show_if:
        yield from _show_if(one.show_if, earlier, (*at, "show_if"))
    yield from _prefill(one, asked, at)


def _choices(one: FormField, asked: Property, at: Address) -> Iterator[Finding]:
    wanted = set(asked.items.enum if asked.items else asked.enum or ())
    if asked.type == "boolean" and one.choices:
        wanted = {"true", "false"}
    for key in sorted(set(one.choices) - wanted):
        allowed = one_of(key, wanted) if wanted else "choices only beside enum"
        yield Finding((*at, "choices", key), f"'{key}' is not in the schema's enum", allowed)
    for key in sorted(wanted - set(one.choices)):
        where = (*at, "choices") if one.choices else at
        yield Finding(where, f"the choice '{key}' has no words", f"choices: {{{key}: {{zh, en}}}}")


def _widgets(asked: Property) -> set[str]:
    if asked.type == "boolean" or asked.enum:
        return {"radio", "select"}
    if asked.type == "array":
        return {"checks"}
    return {"lines"} if asked.type == "string" and asked.format is None else set()


def _show_if(condition: ShowIf, earlier: dict[str, Property], at: Address) -> Iterator[Finding]:
    asked = earlier.get(condition.field)
    if asked is None:
        what = f"no earlier field is called '{condition.field}'"
        yield Finding((*at, "field"), what, one_of(condition.field, earlier))
        return
    possible, words = _possible(asked)
    for index, value in enumerate(condition.one_of):
        if not possible(value):
            what = f"'{condition.field}' is never {str(value).lower() if value in (True, False) else value}"
            yield Finding((*at, "in", index), what, words)


def _possible(asked: Property) -> tuple[Callable[[object], bool], str]:
    choices = asked.items.enum if asked.items else asked.enum
    if choices:
        return (lambda value: value in choices), one_of("", choices)
    if asked.type == "boolean":
        return (lambda value: isinstance(value, bool)), "true, false"
    if asked.type in ("integer", "number"):
        low = -1e12 if asked.minimum is None else asked.minimum
        high = 1e12 if asked.maximum is None else asked.maximum
        return _whole_within(low, high), f"whole numbers from {low:g} to {high:g}"
    return (lambda value: False), "a field with choices, true or false, or a number"


def _whole_within(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _prefill(one: FormField, asked: Property, at: Address) -> Iterator[Finding]:
    free = asked.type == "string" and asked.enum is None and asked.format is None
    if one.prefill in _PREFILLED and not free:
        yield Finding((*at, "prefill"), f"'{one.prefill}' is a text and '{one.key}' is none", "a text field")
    if one.prefill == "today" and asked.format != "date":
        yield Finding((*at, "prefill"), f"'today' is a day and '{one.key}' is none", "format: date")
