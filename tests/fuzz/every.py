"""All parsers, made once: their seeds are real files and signatures."""

from functools import cache

from tests.fuzz.parser import Parser


@cache
def every() -> tuple[Parser, ...]:
    from tests.fuzz import devices, files, kept, observed, packs, proofs, sensed, sent

    return (
        *files.parsers(),
        *kept.parsers(),
        *proofs.parsers(),
        *sent.parsers(),
        *packs.parsers(),
        *sensed.parsers(),
        *observed.parsers(),
        *devices.parsers(),
    )
