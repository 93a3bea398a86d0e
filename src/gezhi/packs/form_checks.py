"""Rules over a form's answers together, ready to be asked. Pure.

A day counts as a number of days and a time as days with a fraction, by the clock that it was written for, so that
`applied_on - effective_on <= 30` can be asked.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from gezhi.packs.opening_rules import TYPES
from gezhi.packs.shapes import Form, FormCheck, Property
from gezhi.rules import Rule, RuleError, RuleType, compile_rule

Fact = str | int | float | bool | None
_DAY: Final = 86_400


def names_in(form: Form) -> dict[str, RuleType]:
    """What a check may ask for: the form's own fields."""
    properties = form.form_schema.properties
    return {key: "number" if one.format else TYPES[one.type] for key, one in properties.items()}


def fits(check: FormCheck, form: Form) -> bool:
    try:
        return compile_rule(check.when, names_in(form)).type == "bool"
    except RuleError:
        return False


def broken_checks(
    form: Form, answers: Mapping[str, object], asked: Collection[str], *, strict: bool
) -> dict[str, tuple[str, str]]:
    """Why, by the first of the check's fields that was `asked`; the first check that is broken there is told.

    Not `strict`, where answers may be missing: only checks whose fields are all answered.
    """
    broken: dict[str, tuple[str, str]] = {}
    facts = {key: _fact(form.form_schema.properties[key], value) for key, value in answers.items()}
    for rule, check in _compiled(form):
        told = [name for name in rule.names if name in asked]
        whole = strict or all(facts.get(name) is not None for name in rule.names)
        if told and whole and rule.value(facts) is False:
            broken.setdefault(told[0], (check.why.zh, check.why.en))
    return broken


@lru_cache(maxsize=4096)
def _compiled(form: Form) -> tuple[tuple[Rule, FormCheck], ...]:
    """Of a published pack: its checks fit."""
    return tuple((compile_rule(check.when, names_in(form)), check) for check in form.checks)


def _fact(asked: Property, value: object) -> Fact:
    if asked.format:
        return _days(str(value))
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value if isinstance(value, str | int | float | bool) else None


def _days(text: str) -> float | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.toordinal() + (at.hour * 3600 + at.minute * 60 + at.second) / _DAY
