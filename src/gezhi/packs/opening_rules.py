"""Opening rules, ready to be asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gezhi.packs.shapes import Form, Rule
from gezhi.rules import Rule as Expression
from gezhi.rules import RuleType, compile_rule

ALWAYS: Final[Mapping[str, RuleType]] = {
    "text": "text",  # of the report
    "source": "text",  # portal, hotline, field, api, open311, file, sensing
    "hour": "number",  # 0 to 23, local
    "level": "number",  # of the place: 0 province to 5 grid
    "warning": "text",  # of the readings that opened it: blue, yellow, orange, red; unknown where people reported
}
TYPES: Final[Mapping[str, RuleType]] = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "bool",
    "array": "text",  # the keys that were chosen, with commas
}


@dataclass(frozen=True, slots=True)
class OpeningRule:
    key: str
    when: Expression
    limits: str
    function: str


def names_for(form: Form | None) -> dict[str, RuleType]:
    """What a rule may ask of a report with this form. A form's own field goes before what is always there."""
    asked = form.form_schema.properties if form else {}
    return {**ALWAYS, **{key: TYPES[one.type] for key, one in asked.items()}}


@lru_cache(maxsize=4096)
def compiled(rule: Rule, form: Form | None) -> OpeningRule:
    """Of a published pack: its rules were checked."""
    return OpeningRule(
        rule.key, compile_rule(rule.when, names_for(form)), rule.limits or "", rule.function or ""
    )
