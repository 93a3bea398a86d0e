"""The one expression language of packs: small, total, typed. docs/reference/rule-language.md."""

from gezhi.rules.faults import RuleError
from gezhi.rules.operators import RuleType
from gezhi.rules.renaming import renamed
from gezhi.rules.rule import Rule, compile_rule

__all__ = ["Rule", "RuleError", "RuleType", "compile_rule", "renamed"]
