"""What the rules of monitors may ask, and from which age on they say something else. Pure.

A rule is asked whenever something that it asks for may have changed. Readings are events, and so are whole hours; age
grows all the time, so a rule may only compare it with numbers, and those tell when to look again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lark import Token, Tree

from gezhi.rules import Rule, RuleError, RuleType, compile_rule
from gezhi.rules.grammar import Node, parse, place_of

OWN: Final = ("value", "rate", "step", "z", "mark")  # of the newest reading
CLOCK: Final = ("hour", "weekday", "month")  # by the city's clock
AGE: Final = "age"
FORECAST: Final = "forecast"
OTHER: Final = "other."
LIMIT: Final = "limit."
NAMES: Final = (*OWN, AGE, *CLOCK, FORECAST)

_HAS: Final = re.compile(r"\bhas\s*\(")
_FURTHER_NAME: Final = re.compile(r"\b(?:other|limit)\.[a-z][a-z0-9_]*")


def names_for(text: str) -> dict[str, RuleType]:
    """Every name that this rule may ask; `other.` and a property, `limit.` and a parameter are names wherever they
    stand."""
    return dict.fromkeys((*NAMES, *_FURTHER_NAME.findall(text)), "number")


def monitor_rule(text: str) -> Rule:
    """Raises RuleError: as compile_rule, and for age that is not compared with a number."""
    rule = compile_rule(text, names_for(text))
    for _ in _compared_ages(parse(text)):
        pass
    return rule


def ages_of(text: str) -> tuple[float, ...]:
    """The ages, in seconds, at which a sound rule may change its mind."""
    return tuple(sorted(set(_compared_ages(parse(text)))))


def asks_whether_known(text: str) -> bool:
    return _HAS.search(text) is not None


def related_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The names that other series answer."""
    asked = {name for rule in rules for name in rule.names}
    return tuple(sorted(name for name in asked if name == FORECAST or name.startswith(OTHER)))


def limits_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in these rules that dated parameters answer."""
    return tuple(sorted({name for text in texts for name in names_for(text) if name.startswith(LIMIT)}))


def parameter_of(name: str) -> str:
    """The key of the parameter that answers `limit.aq_ozone_hour`: aq-ozone-hour."""
    return name.removeprefix(LIMIT).replace("_", "-")


def with_numbers(text: str, numbers: Mapping[str, float]) -> str:
    """The rule with these of its `limit.` names said as numbers."""
    return _FURTHER_NAME.sub(lambda name: f"{numbers[name[0]]:g}" if name[0] in numbers else name[0], text)


def forecast_of(code: str) -> str:
    """The property whose readings are what was forecast of this one for their time."""
    return f"{code}forecast"


def onset_of(code: str) -> str:
    """The property that says in how many hours at the soonest this one is going to pass its threshold; 0: it is not."""
    return f"{code}onset"


def answered_by(name: str, code: str) -> str:
    """Which property of the same thing answers a name that a rule over `code` asks for."""
    return forecast_of(code) if name == FORECAST else name.removeprefix(OTHER)


def _compared_ages(node: Node) -> Iterator[float]:
    if isinstance(node, Token):
        if node.type == "NAME" and node.value == AGE:
            raise RuleError(place_of(node), "age is not compared with a number", "age > 600, in seconds")
        return
    match node.data, node.children:
        case "compare", [Token(type="NAME", value="age"), Token(), Token(type="NUMBER") as number]:
            yield float(number)
        case "compare", [Token(type="NUMBER") as number, Token(), Token(type="NAME", value="age")]:
            yield float(number)
        case "call", [Token(value="has"), Tree(children=[Token(type="NAME")])]:
            return
        case "call", [Token(), rest]:
            yield from _compared_ages(rest)
        case "method", [one, Token(), rest]:
            yield from _compared_ages(one)
            yield from _compared_ages(rest)
        case _, children:
            for child in children:
                yield from _compared_ages(child)
