"""A pack's form on a page: its fields as they are drawn, and what came back in them.

Inputs are called `form.FIELD`, so that they never meet the page's own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gezhi.packs.forms import (
    NOTHING,
    Answers,
    Known,
    Said,
    Value,
    choices_of,
    prefilled,
    property_of,
    read_answers,
)
from gezhi.packs.shapes import Form, FormField, FormGroup, ShowIf
from gezhi.pages.showing import english, said

PREFIX: Final = "form."
MOST_RADIOS: Final = 7
_TYPED: Final = {"integer": "whole", "number": "decimal", "array": "checks"}
Raw = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """Shown only if the input `field` holds one of `values` (JSON); `words` say so where no script hides it."""

    field: str
    values: str
    words: str


@dataclass(frozen=True, slots=True)
class KnownView:
    """What is known already. `value`: for fields that depend on it."""

    text: str
    since: str
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """`widget`: line, lines, whole, decimal, date, date-time, radio, select or checks."""

    id: str
    name: str
    title: str
    hint: str
    widget: str
    required: bool
    value: str
    choices: list[tuple[str, str, bool]]
    fault: str
    least: str
    most: str
    longest: int
    condition: Condition | None
    known: KnownView | None
    prefill: str

    @property
    def described(self) -> str:
        """The ids of what explains it."""
        parts = (("hint", self.hint), ("when", self.condition), ("wrong", self.fault))
        return " ".join(f"{self.id}-{part}" for part, there in parts if there)


@dataclass(frozen=True, slots=True)
class GroupView:
    id: str
    title: str
    condition: Condition | None
    fields: list[FieldView]


@dataclass(frozen=True, slots=True)
class FormView:
    key: str
    title: str
    groups: list[GroupView]
    faults: dict[str, str]


def raw_answers(request: HttpRequest, form: Form) -> dict[str, list[str]]:
    """What came for the form's fields; PostgreSQL text cannot hold U+0000."""
    return {
        key: [text.replace("\0", "") for text in request.POST.getlist(PREFIX + key)]
        for key in form.form_schema.properties
        if PREFIX + key in request.POST
    }


def is_empty(raw: Raw) -> bool:
    return not any(text.strip() for texts in raw.values() for text in texts)


def told(faults: Mapping[str, Said], form: Form, prefix: str = PREFIX) -> dict[str, str]:
    """For the summary above a form: by the id of the field, with the field's title."""
    titles = {one.key: said(one.title) for group in form.layout for one in group.fields}
    at = 1 if english() else 0
    return {
        prefix + key: _("%(title)s：%(problem)s") % {"title": titles.get(key, key), "problem": words[at]}
        for key, words in faults.items()
    }


def form_view(
    form: Form,
    raw: Raw,
    faults: Mapping[str, Said] | None = None,
    *,
    facts: Mapping[str, str] | None = None,
    known: Known = NOTHING,
    prefix: str = PREFIX,
    lenient: bool = False,
) -> FormView:
    """The form with what was typed; fields that did not come yet begin with the `facts` (see `prefilled`).

    `prefix`: of the ids, where one page holds several forms. `lenient`: required answers are not insisted on.
    """
    given = prefilled(form, {"today": localdate().isoformat(), **(facts or {})})
    texts = {**{key: [text] for key, text in given.items()}, **raw}
    drawing = _Drawing(form, texts, faults or {}, known, prefix, lenient)
    groups = [drawing.group(number, group) for number, group in enumerate(form.layout, start=1)]
    return FormView(form.key, said(form.title), groups, told(faults or {}, form, prefix))


def answers_in(request: HttpRequest, form: Form, *, strict: bool = True, known: Known = NOTHING) -> Answers:
    return read_answers(form, raw_answers(request, form), strict=strict, known=known)


@dataclass(frozen=True, slots=True)
class _Drawing:
    form: Form
    raw: Raw
    faults: Mapping[str, Said]
    known: Known
    prefix: str
    lenient: bool

    def group(self, number: int, group: FormGroup) -> GroupView:
        fields = [self.field(one) for one in group.fields]
        at = f"{self.prefix}group-{number}"
        return GroupView(at, said(group.title), self.condition(group.show_if), fields)

    def field(self, one: FormField) -> FieldView:
        asked = property_of(self.form, one.key)
        texts = self.raw.get(one.key, ())
        picked = set(texts)
        at = 1 if english() else 0
        choices = [(key, words[at], key in picked) for key, words in choices_of(self.form, one)]
        return FieldView(
            id=self.prefix + one.key,
            name=PREFIX + one.key,
            title=said(one.title),
            hint=said(one.hint) if one.hint else "",
            widget=self.widget(one, len(choices)),
            required=one.key in self.form.form_schema.required and not self.lenient,
            value=texts[-1] if texts else "",
            choices=choices,
            fault=self.faults[one.key][at] if one.key in self.faults else "",
            least=_number(asked.minimum),
            most=_number(asked.maximum),
            longest=asked.max_length or 0,
            condition=self.condition(one.show_if),
            known=self.known_view(one),
            prefill=one.prefill,
        )

    def widget(self, one: FormField, choices: int) -> str:
        asked = property_of(self.form, one.key)
        if asked.type == "boolean" or asked.enum:
            return one.widget or ("radio" if choices <= MOST_RADIOS else "select")
        return one.widget or asked.format or _TYPED.get(asked.type, "line")

    def condition(self, show_if: ShowIf | None) -> Condition | None:
        if show_if is None:
            return None
        one = next(one for group in self.form.layout for one in group.fields if one.key == show_if.field)
        keys = [_text(value) for value in show_if.one_of]
        words = dict(choices_of(self.form, one))
        at = 1 if english() else 0
        named = [words[key][at] if key in words else key for key in keys]
        note = _("仅当“%(title)s”为“%(values)s”时填写") % {
            "title": said(one.title),
            "values": _("”或“").join(named),
        }
        return Condition(PREFIX + one.key, json.dumps(keys, ensure_ascii=False), note)

    def known_view(self, one: FormField) -> KnownView | None:
        found = self.known.get(one.element or "")
        if found is None:
            return None
        since = found.since.isoformat() if found.since else ""
        return KnownView(found.text, since, found.source, "" if found.value is None else _text(found.value))


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(bound: float | None) -> str:
    return "" if bound is None else f"{bound:.15g}"
