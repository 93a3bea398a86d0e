"""What the rules of a pack make of a case when it opens. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gezhi.lib.codes import level_of
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.forms import Value, kept_answers
from gezhi.packs.opening_rules import OpeningRule, compiled
from gezhi.packs.shapes import LEVELS, Category, Form

SENSED = "sensing"  # the source of reports that warnings of readings make

Facts = Mapping[str, float | int | bool | str | None]


@dataclass(frozen=True, slots=True)
class Opening:
    """`limits`, `function`: set by a rule; "" leaves the category's. `rule_keys`: of the rules that decided."""

    limits: str = ""
    function: str = ""
    rule_keys: tuple[str, ...] = ()


USUAL = Opening()


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """The rules of a category in the order in which they are tried, and the form that they ask."""

    rules: tuple[OpeningRule, ...]
    form: Form | None


def rules_for(category: Category, catalogue: Catalogue) -> OpeningRules:
    """Of the version that the category's cases open with. Raises NotInCatalogue."""
    version = catalogue.pack_version_id(category.key)
    found = [
        rule for rule in catalogue.rules_of(version) if not rule.categories or category.key in rule.categories
    ]
    form = catalogue.form_of(category.key) if found else None
    return OpeningRules(tuple(compiled(rule, form) for rule in found), form)


def facts_of(
    text: str, source: str, answers: Mapping[str, Value], form: Form | None, local: datetime, place_code: str
) -> Facts:
    """`answers`: the report's attributes; what does not fit the form is unknown. `source`: `api:7` is `api`."""
    said = kept_answers(form, answers) if form else {}
    kind = source.partition(":")[0]
    always: Facts = {
        "text": text,
        "source": kind,
        "hour": local.hour,
        "level": level_of(place_code),
        "warning": _warning(kind, answers),
    }
    return {**always, **{key: ",".join(one) if isinstance(one, list) else one for key, one in said.items()}}


def _warning(source: str, answers: Mapping[str, Value]) -> str | None:
    """Of sensed reports alone: what a person sends under this name says nothing."""
    level = answers.get("warning_level")
    return level if source == SENSED and isinstance(level, str) and level in LEVELS else None


def opening(rules: Iterable[OpeningRule], facts: Facts) -> Opening:
    """The first rule that is true and sets a thing wins. What a rule does not know is not true."""
    limits = function = ""
    deciding: list[str] = []
    for rule in rules:
        sets = (rule.limits and not limits) or (rule.function and not function)
        if sets and rule.when.value(facts) is True:
            limits, function = limits or rule.limits, function or rule.function
            deciding.append(rule.key)
    return Opening(limits, function, tuple(deciding)) if deciding else USUAL
