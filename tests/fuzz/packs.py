"""What a pack says: YAML, rules, patterns, texts, values."""

# ruff: noqa: E501 - a table with a parser in each row
import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from pydantic import ValidationError

from gezhi.cases.deadlines import is_length, size_of
from gezhi.cases.phrasing import check_phrase
from gezhi.lib.refused import Refused
from gezhi.packs.checking_patterns import why_unsafe
from gezhi.packs.content import pack_from
from gezhi.packs.documents import Unreadable as NoDocument
from gezhi.packs.documents import read_document
from gezhi.packs.loading import load
from gezhi.packs.monitor_rules import ages_of, asks_whether_known, monitor_rule, related_of
from gezhi.packs.placeholders import filled as put_in
from gezhi.packs.placeholders import placeholders
from gezhi.packs.setting import NotSet, Wanted, limit_of
from gezhi.packs.shapes import Parameter
from gezhi.rules import RuleError, compile_rule, renamed
from gezhi.sensing.recordings import prove
from tests.fuzz.parser import Parser, text_of
from tests.fuzz.shapes import bent, bent_json, bent_text, long_ones
from tests.house.tree import ROOT

RULE = ("a", "b", "'x'", '"y"', "1", "2.5e3", "(", ")", "[", "]", ",", "&&", "||", "!", "==", "<=", "in", "?", ":", "+", "-", "*", "/",
        "min(", "round(", "has(", "size(", ".startsWith(", "true")  # fmt: skip
NAMES = {"a": "number", "b": "bool", "t": "text"}
YAML = (
    "- ",
    "a: ",
    "? ",
    "| ",
    "> ",
    "[",
    "{",
    "}",
    "]",
    "!!int ",
    "&a ",
    "*a",
    "<<: ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "# ",
    "\n  ",
    "'",
)
PARAMETER = Parameter.model_validate({
    "key": "a", "title": {"zh": "甲", "en": "A"}, "values": [{"since": "2026-01-01", "length": "2 hours", "source": "a rule"}],
})  # fmt: skip
PACK = Path(tempfile.mkdtemp(prefix="gezhi-fuzz-pack-"))
SMALL = ROOT / "packs/rights"
SENSING = ROOT / "packs/street-sensing"


def ruled(text: str) -> object:
    renamed(text, {"a": "c"})
    rule = compile_rule(text, NAMES)  # type: ignore[arg-type]
    return rule.value({"a": 1.0, "b": True, "t": "x"}), rule.value({})


def watched(text: str) -> object:
    rule = monitor_rule(text)
    return ages_of(text), asks_whether_known(text), related_of([rule])


def patterned(pattern: str) -> object:
    """A pattern that is let in is quick on whatever may be answered."""
    import re

    if why_unsafe(pattern, 60) is None:
        for text in ("a" * 60, "1" * 60, "a1" * 30, "ab" * 29 + "!", "(" * 60):
            re.match(pattern, text)
    return pattern


def said(text: str) -> object:
    holes = placeholders(text)
    return holes, put_in(text, {"a": "{b}"}), check_phrase("a", text)


def set_to(text: str) -> object:
    wanted = Wanted("a", date(2026, 8, 1), text, "a source")
    return limit_of(wanted, PARAMETER, date(2026, 7, 1)), size_of(text) if is_length(text) else 0


@cache
def pack_files() -> dict[str, bytes]:
    """By the pack's folder and the file's path in it."""
    return {
        path.relative_to(pack.parent).as_posix(): path.read_bytes()
        for pack in (SMALL, SENSING)
        for path in sorted(pack.rglob("*"))
        if path.is_file()
    }


def packed(two: tuple[str, bytes]) -> object:
    """A pack of which one file was changed: it loads, or says what is wrong and where; so do its recordings."""
    name, data = two
    own = name.partition("/")[0]
    for known, content in pack_files().items():
        path = PACK / known
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if known == name else content)
    loaded = load(PACK / own, [ROOT / "packs"])
    assert loaded.pack is not None or loaded.problems
    proved = [] if loaded.pack is None or loaded.problems else prove(loaded.pack)
    return [*map(str, loaded.problems), *proved]


@cache
def pack_content() -> dict[str, Any]:
    from gezhi.packs.content import content_of
    from gezhi.packs.loading import read_pack

    return json.loads(json.dumps(content_of(read_pack(SMALL, [ROOT / "packs"]))))  # type: ignore[no-any-return]


def yaml_bent(name: str) -> st.SearchStrategy[bytes]:
    if not name.endswith(".yaml"):
        return bent([pack_files()[name]])
    plain = json.loads(json.dumps(yaml.safe_load(pack_files()[name]), default=str))
    return bent_json(plain).map(
        lambda one: yaml.safe_dump(one, allow_unicode=True).encode("utf-8", "surrogatepass")
    )


def parsers() -> list[Parser]:
    words = lambda *pieces: lambda: long_ones(200_000, pieces)  # noqa: E731
    short = lambda size, *pieces: lambda: long_ones(size, pieces)  # noqa: E731
    return [
        Parser("rules", ("rules.grammar", "rules.compiling", "rules.renaming"), ruled, bent_text("a > 1 && (b || t in ['x', 'y']) ? 1 : 2", pieces=RULE), (RuleError,),
               lambda: [text[:500] for text in long_ones(500, (*RULE, "a ? a : ", "!", "-", "min(a,"))] + long_ones(100_000, RULE), raw=text_of),
        Parser("rules of monitors", ("packs.monitor_rules",), watched,
               bent_text("value > 60 && age < 600 ? rate : other.rain_1h", "has(forecast) && hour >= 6", pieces=(*RULE, "age", "other.", "forecast", "has(")), (RuleError,),
               lambda: [text[:500] for text in long_ones(500, ("age > 1 &&", "other.a", "has(", "has (", "!", "("))], raw=text_of),
        Parser("patterns of forms", ("packs.checking_patterns",), patterned,
               bent_text("^[A-Z]{2}[0-9]{3,6}$", "^(a|b)?[0-9]+$", pieces=("^", "$", "[0-9]", "a", "+", "*", "?", "{1,9}", "(", ")", "|", "\\.", ".", "[^a]")), (),
               short(2_000, "(a", "[a]*", "a+", "(a|", "\\."), raw=text_of),
        Parser("YAML of packs", ("packs.documents",), lambda text: read_document(text.encode("utf-8", "surrogatepass")), bent_text("a: 1\nb:\n  - {c: 2026-07-01}\n", pieces=YAML),
               (NoDocument,), lambda: long_ones(2_000_000, YAML), raw=text_of),
        Parser("whole packs", ("packs.loading", "packs.checking", "packs.shapes.warnings", "packs.checking_documents", "packs.checking_monitors",
               "packs.checking_recordings", "sensing.recordings"), packed,
               st.sampled_from(sorted(pack_files())).flatmap(lambda name: st.tuples(st.just(name), yaml_bent(name) | bent([pack_files()[name]])))),
        Parser("packs as JSON", ("packs.content",), pack_from, bent_json(pack_content()), (ValidationError,)),
        Parser("texts with placeholders", ("packs.placeholders", "cases.phrasing"), said, bent_text("您的{number}已办", "{{a}}", pieces=("{", "}", "{a}", "{a!r}", "{a:>9}", "[", ".")),
               (ValueError, Refused), words("{", "}", "{a}"), raw=text_of),
        Parser("values of parameters", ("packs.setting", "cases.deadlines"), set_to, bent_text("2 working days", "30", pieces=("1", " ", "days", "working", "-", ".")), (NotSet,), words("1 "), raw=text_of),
    ]  # fmt: skip
