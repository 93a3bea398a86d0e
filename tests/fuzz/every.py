"""All parsers, made once: their seeds are real files and signatures."""

from functools import cache

from tests.fuzz.parser import Parser


@cache
def every() -> tuple[Parser, ...]:
    from tests.fuzz import files, proofs, sent

    return (*files.parsers(), *proofs.parsers(), *sent.parsers())
