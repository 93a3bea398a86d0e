"""Several forms become one: each element is asked once, then what each form alone wants to know. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from gezhi.packs.form_checks import fits
from gezhi.packs.forms import fields_of
from gezhi.packs.shapes import Form, FormCheck, FormField, FormGroup, Property, ShowIf
from gezhi.rules import renamed

KEY_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Part:
    """`names`: the plan's own field -> the field of the unified form."""

    plan: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unified:
    form: Form
    parts: tuple[Part, ...]

    def answers_of(self, plan: str, values: Mapping[str, object]) -> dict[str, object]:
        """The answers that a plan's own form would have got."""
        names = next((part.names for part in self.parts if part.plan == plan), {})
        return {own: values[name] for own, name in names.items() if name in values}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field of the unified form, in the making."""

    field: FormField
    group: FormGroup
    schema: Property
    required: bool

    @property
    def conditional(self) -> bool:
        return bool(self.field.show_if or self.group.show_if)


def unified(forms: Sequence[tuple[str, Form]]) -> Unified | None:
    """`forms`: (plan, its form). One form, though of several plans, stays as it is; None: no form."""
    different = {form.key: form for _plan, form in forms}
    if not different:
        return None
    if len(different) == 1:
        form = forms[0][1]
        same = {key: key for key in form.form_schema.properties}
        return Unified(form, tuple(Part(plan, same) for plan, _form in forms))
    asked: dict[str, _Asked] = {}
    names = {key: _take(form, asked) for key, form in different.items()}
    parts = tuple(Part(plan, names[form.key]) for plan, form in forms)
    whole = _form(list(different.values()), asked)
    checks = (_over(check, names[form.key]) for form in different.values() for check in form.checks)
    return Unified(
        whole.model_copy(update={"checks": tuple(one for one in checks if fits(one, whole))}), parts
    )


def _over(check: FormCheck, names: Mapping[str, str]) -> FormCheck:
    """The check over the fields of the unified form; one whose element another form asks in another type is left."""
    return check.model_copy(update={"when": renamed(check.when, names)})


def _take(form: Form, asked: dict[str, _Asked]) -> dict[str, str]:
    """Adds the fields of a form to those that are asked already; returns how they are called now."""
    elements = {one.field.element: key for key, one in asked.items() if one.field.element}
    names: dict[str, str] = {}
    for group, field in fields_of(form):
        known = elements.get(field.element) if field.element else None
        names[field.key] = known or _free(field.key, asked)
        one = _Asked(
            _renamed(field, names),
            group.model_copy(update={"show_if": _mapped(group.show_if, names)}),
            form.form_schema.properties[field.key],
            field.key in form.form_schema.required,
        )
        asked[names[field.key]] = _both(asked[known], one) if known else one
    return names


def _both(first: _Asked, second: _Asked) -> _Asked:
    """The same element asked twice: shown when either would show it, required where either requires it."""
    if not first.conditional and not second.conditional:
        return replace(first, required=first.required or second.required)
    plain = [one for one in (first, second) if not one.conditional]
    field = first.field.model_copy(update={"show_if": None})
    group = first.group.model_copy(update={"show_if": None})
    return _Asked(field, group, first.schema, any(one.required for one in plain))


def _free(key: str, asked: Mapping[str, _Asked]) -> str:
    tries = (key if n == 1 else f"{key[: KEY_LENGTH - len(str(n)) - 1]}_{n}" for n in range(1, 1000))
    return next(name for name in tries if name not in asked)


def _renamed(field: FormField, names: Mapping[str, str]) -> FormField:
    return field.model_copy(update={"key": names[field.key], "show_if": _mapped(field.show_if, names)})


def _mapped(condition: ShowIf | None, names: Mapping[str, str]) -> ShowIf | None:
    if condition is None:
        return None
    return condition.model_copy(update={"field": names.get(condition.field, condition.field)})


def _form(forms: Sequence[Form], asked: Mapping[str, _Asked]) -> Form:
    first = forms[0]
    schema = first.form_schema.model_copy(
        update={
            "properties": {key: one.schema for key, one in asked.items()},
            "required": tuple(key for key, one in asked.items() if one.required),
        }
    )
    key = "-".join(form.key for form in forms)
    return Form.model_construct(key=key, title=first.title, form_schema=schema, layout=tuple(_layout(asked)))


def _layout(asked: Mapping[str, _Asked]) -> Iterator[FormGroup]:
    """What everybody needs first. An element that depends on a field of one form stays behind that field."""
    base = [one for one in asked.values() if _is_base(one, asked)]
    own = [one for one in asked.values() if one not in base]
    for fields in (base, own):
        for _title, same in groupby(fields, key=lambda one: (one.group.title.zh, one.group.show_if)):
            found = list(same)
            yield FormGroup(
                title=found[0].group.title,
                fields=tuple(one.field for one in found),
                show_if=found[0].group.show_if,
            )


def _is_base(one: _Asked, asked: Mapping[str, _Asked]) -> bool:
    conditions = (one.field.show_if, one.group.show_if)
    on = [asked[condition.field] for condition in conditions if condition and condition.field in asked]
    return bool(one.field.element) and all(other.field.element for other in on)
