"""A rule that is ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.rules.compiling import Compiler
from gezhi.rules.faults import RuleError
from gezhi.rules.grammar import parse
from gezhi.rules.operators import Column, RuleType, Value
from gezhi.rules.terms import Facts, Term


@dataclass(frozen=True, slots=True)
class Rule:
    """`names`: the facts that it asks for, in the order of the text."""

    text: str
    type: RuleType
    names: tuple[str, ...]
    _term: Term

    def value(self, facts: Facts) -> Value:
        """A fact that is absent, None, NaN or of another type is unknown; None: so is the answer."""
        return self._term.value(facts)

    def columns(self, arrays: Mapping[str, NDArray[np.generic]]) -> Column:
        """As float64 of the arrays' one shape; a truth is 1.0 or 0.0, NaN is unknown.

        Raises RuleError where the rule has to do with text.
        """
        compute = self._term.columns
        if compute is None:
            raise RuleError(self._term.at, "texts cannot be computed over columns", "numbers and truths")
        shape = next((array.shape for array in arrays.values()), ())
        with np.errstate(all="ignore"):
            found = compute({name: arrays[name].astype(np.float64) for name in self.names if name in arrays})
        return np.array(np.broadcast_to(found, shape))


def compile_rule(text: str, names: Mapping[str, RuleType]) -> Rule:
    """Raises RuleError: wrong syntax, unknown names, types that do not fit, too long or too deep."""
    compiler = Compiler(names)
    term = compiler.term(parse(text))
    return Rule(text, term.type, tuple(compiler.used), term)
