"""Whether the rules of warnings fit together with the signals that there are. Shapes are already right."""

from collections.abc import Iterator

from gezhi.packs.checking_references import missing
from gezhi.packs.problems import Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import LEVELS
from gezhi.people.signals import SIGNALS


def check_warnings(scope: Scope) -> Iterator[Finding]:
    categories = {one.key for one in scope.pack.categories if one.kind != "part"}
    for index, rule in enumerate(scope.pack.warnings):
        at = ("warnings", index)
        for n, key in enumerate(rule.signals):
            yield from missing((*at, "signals", n), "signal", key, SIGNALS)
        yield from missing((*at, "category"), "category", rule.category, categories)
        known = [SIGNALS[key] for key in rule.signals if key in SIGNALS]
        facts = {fact for one in known for fact in one.facts}
        if rule.sums and known and not all(rule.sums in one.facts for one in known):
            yield Finding((*at, "sums"), f"not every signal tells '{rule.sums}'", one_of(rule.sums, facts))
        if rule.opens and LEVELS.index(rule.opens) > max(LEVELS.index(level) for level in rule.levels):
            highest = max(rule.levels, key=LEVELS.index)
            yield Finding((*at, "opens"), f"the rule never reaches '{rule.opens}'", f"{highest} or lower")
