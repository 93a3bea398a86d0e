"""The table of the OWASP Application Security Verification Standard, from its data.

python -m tools.assurance      writes docs/assurance/asvs.md from docs/assurance/asvs.toml
"""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "docs/assurance/asvs.toml"
PAGE: Final = ROOT / "docs/assurance/asvs.md"
MET, NOT_APPLICABLE, NOT_MET = "met", "not applicable", "not met"
VERDICTS: Final = (MET, NOT_APPLICABLE, NOT_MET)
CHAPTERS: Final[Mapping[str, str]] = {
    "1": "Encoding and cleaning",
    "2": "Checking and the logic of the business",
    "3": "Browsers",
    "4": "Interfaces and HTTP",
    "5": "Files",
    "6": "Proving who one is",
    "7": "Sessions",
    "8": "Who may",
    "9": "Tokens that speak for themselves",
    "10": "OAuth and OpenID Connect",
    "11": "Cryptography",
    "12": "Connections",
    "13": "Configuration",
    "14": "Data",
    "15": "Code and its parts",
    "16": "Logs and errors",
    "17": "WebRTC",
}
_HEAD: Final = """# OWASP ASVS 5.0

The [Application Security Verification Standard](https://owasp.org/www-project-application-security-verification-standard/)
5.0.0, every requirement of its levels 1 and 2, by its number and in our words; the requirements themselves are the
standard's. *Met* names what does it and a test that shows it; *not met* says what is missing, and nothing else in this
table outweighs it. Level 3 was not looked at. Written by `python -m tools.assurance` from
[asvs.toml](asvs.toml); `.venv/bin/pytest tests/house/test_assurance.py` sees that every row is there once, with a
verdict, and that all code and tests that are named exist.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """`code`: file:words of it, or page#heading. `tests`: file::test."""

    id: str
    level: int
    what: str
    verdict: str
    how: str = ""
    code: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()

    @property
    def chapter(self) -> str:
        return self.id.split(".")[0]


def rows_in(path: Path = DATA) -> list[Row]:
    found = tomllib.loads(path.read_text())["row"]
    return [
        Row(**{**row, "code": tuple(row.get("code", ())), "tests": tuple(row.get("tests", ()))})
        for row in found
    ]


def page_of(rows: Sequence[Row]) -> str:
    parts = [_HEAD, _counts(rows)]
    for chapter, title in CHAPTERS.items():
        parts.append(
            f"\n## {chapter}. {title}\n\n| | level | requirement | verdict | how, or what is missing |"
        )
        parts.append("|---|---|---|---|---|")
        parts += [_line(row) for row in rows if row.chapter == chapter]
    return "\n".join(parts) + "\n"


def _counts(rows: Sequence[Row]) -> str:
    counts = Counter((row.level, row.verdict) for row in rows)
    lines = [
        f"| {level} | {' | '.join(str(counts[level, verdict]) for verdict in VERDICTS)} "
        f"| {sum(row.level == level for row in rows)} |"
        for level in (1, 2)
    ]
    return "\n".join([f"| level | {' | '.join(VERDICTS)} | in all |", "|---|---|---|---|---|", *lines])


def _line(row: Row) -> str:
    places = [_linked(one) for one in row.code]
    tests = [_linked(one.replace("::", ":")) for one in row.tests]
    shown = f"<br>{' · '.join(places)}" if places else ""
    shown += f"<br>*shown by* {' · '.join(tests)}" if tests else ""
    return f"| {row.id} | {row.level} | {row.what} | {row.verdict} | {row.how}{shown} |".replace("| |", "||")


def _linked(place: str) -> str:
    """A link from the page to the file, with what to look for in it as its words."""
    path, _, words = place.partition(":")
    target = (
        f"../../{path}" if not path.startswith("docs/assurance/") else path.removeprefix("docs/assurance/")
    )
    name = words or path.partition("#")[0].rpartition("/")[2]
    return f"[`{name.replace('|', '/')}`]({target})"


if __name__ == "__main__":
    PAGE.write_text(page_of(rows_in()))
