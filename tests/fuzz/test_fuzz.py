"""Each parser, for a moment; and no parser is forgotten."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.fuzz.every import every
from tests.fuzz.parser import Parser
from tests.fuzz.running import Outcome, run_drawn, try_one
from tests.house.tree import ROOT

FEW: Final = 15
SOURCE: Final = ROOT / "src/gezhi"
READS: Final = frozenset(
    "json.loads json.load yaml.parse yaml.load csv.reader csv.DictReader zipfile.ZipFile Image.open base64.b64decode "
    "base64.urlsafe_b64decode datetime.fromisoformat date.fromisoformat time.fromisoformat datetime.strptime "
    "zlib.decompress zlib.decompressobj gzip.decompress int.from_bytes urlsplit parse_qs signing.loads load_workbook "
    "bytes.fromhex shape_of shapely.from_wkb x509.load_pem_x509_certificates x509.load_der_x509_certificate "
    "decode_timestamp_response Lark Formatter np.load np.frombuffer ip_address ip_network parse_date parse_datetime "
    "tarfile.open pickle.loads html.unescape".split()
)
SEARCHES: Final = frozenset({"fullmatch", "match", "finditer", "search", "findall"})
OURS: Final = "reads what this node itself wrote into its database or data folder"
PAGES: Final = (
    "reached by pages and calls alone, which tests/pages, tests/rounds and tests/interop give any input"
)
ELSEWHERE: Final = {  # modules that read, and are not parsers of what comes from outside: why
    **dict.fromkeys(
        (
            *(
                "cases.queries.closing_facts",
                "cases.queries.page",
                "cases.undoing",
                "cases.situations",
                "cases.intake.rows",
            ),
            *(
                "config.keeping.base",
                "config.keeping.choosing",
                "config.keeping.journal",
                "config.keeping.keeping",
            ),
            *(
                "config.keeping.standing",
                "config.keeping.store",
                "config.keeping.wal",
                "demo.photos",
                "demo.queries",
            ),
            *("demo.reporting", "demo.rounds", "insight.actions.tallying", "insight.queries.board.curves"),
            *("insight.queries.board.standing", "ledger.actions.adopting", "ledger.queries.proving"),
            *(
                "ledger.queries.standing",
                "ledger.queries.verifying",
                "pages.grid_map",
                "pages.proofs",
            ),
            *("people.signing_in.store", "places.queries", "places.tiles.encoding", "places.tiles.queries"),
            *(
                "rights.actions.erasing",
                "rights.queries.sql",
                "security.fingerprints",
                "exchange.rest.api.ledger",
            ),
            *("desk.views.ledger", "desk.views.appraisal_table", "cases.callbacks", "rights.actions.signing"),
            *(
                "rights.copying",
                "rights.queries.uploads",
                "desk.views.rights_counter",
                "portal.views.rights_session",
            ),
            *("exchange.feeds.reading", "pages.traced", "sensing.actions.stores", "sensing.archive"),
            *("sensing.blocks", "sensing.forecasting.keeping"),
        ),
        OURS,
    ),
    **dict.fromkeys(
        (
            *(
                "desk.views.audit",
                "desk.views.contracts",
                "desk.views.duty",
                "desk.views.inbox",
                "desk.views.lists",
            ),
            *("desk.views.parameters", "desk.views.rounds", "desk.views.staffing", "pages.contracts"),
            *(
                "exchange.rest.api.signing",
                "people.signing_in.gate",
                "people.signing_in.passkeys",
                "live.address",
            ),
            *("portal.views.rights_mine", "config.headers", "config.health", "cases.actions.own_signing"),
            *("desk.views.sensing_silences", "desk.views.sensing_things", "desk.views.tracing"),
            "desk.views.public_notices",
            "exchange.sensorthings.api.batching",
        ),
        PAGES,
    ),
    **dict.fromkeys(
        ("sensing.actions.sources", "exchange.feeds.adding", "exchange.feeds.shapes"),
        "words of the node's owner at a command",
    ),
    **dict.fromkeys(("config.hearing", "lib.addresses"), "addresses of settings alone"),
    **dict.fromkeys(
        ("demo.sensors.recorded", "demo.sensors.senders.arrays"),
        "recordings and answers of the demonstration",
    ),
    "lib.calling": "addresses of settings alone",
    "places.cli": "hands rows on to places.points",
    "places.generate": "a table that goes with the program",
    "exchange.hj212.factors": "a table that goes with the program",
}


def reading(source: str) -> set[str]:
    """What of the text's calls turns bytes or words into things."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = spoken(node.func)
            searches = isinstance(node.func, ast.Attribute) and node.func.attr in SEARCHES
            found |= {called} if called in READS or searches else set()
    return found


def spoken(function: ast.expr) -> str:
    """json.loads; "" for what is called by no name."""
    if isinstance(function, ast.Attribute):
        return f"{spoken(function.value)}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def readers() -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts and reading(path.read_text(encoding="utf-8")):
            yield (
                path.relative_to(SOURCE)
                .with_suffix("")
                .as_posix()
                .replace("/", ".")
                .removesuffix(".__init__")
            )


@pytest.mark.parametrize("parser", every(), ids=lambda parser: parser.name)
def test_a_parser_answers_or_refuses(parser: Parser) -> None:
    outcome = Outcome(parser)
    run_drawn(parser, FEW, 1, outcome)
    assert outcome.faults == {}
    assert outcome.tried >= FEW


@pytest.mark.parametrize(
    "parser", [one for one in every() if one.long()][::6], ids=lambda parser: parser.name
)
def test_a_parser_is_done_with_long_inputs_in_time(parser: Parser) -> None:
    outcome = Outcome(parser)
    for value in parser.long()[:8]:
        try_one(parser, value, outcome)
    assert outcome.faults == {}


def test_every_module_that_reads_is_fuzzed_or_says_why_not() -> None:
    fuzzed = {module for parser in every() for module in parser.modules}
    found = set(readers())
    assert sorted(found - fuzzed - ELSEWHERE.keys()) == []
    assert sorted(ELSEWHERE.keys() & fuzzed) == []
    assert sorted(ELSEWHERE.keys() - found) == []
    for module in fuzzed:
        assert (SOURCE / f"{module.replace('.', '/')}.py").exists() or (
            SOURCE / module.replace(".", "/")
        ).is_dir(), module


def test_a_new_reader_would_be_seen() -> None:
    assert reading("def read(text):\n    return json.loads(text)") == {"json.loads"}
    assert reading("found = _PATTERN.fullmatch(text)") == {"_PATTERN.fullmatch"}
    assert reading("x = text.strip()") == set()


def test_what_is_wrong_with_a_parser_is_found() -> None:
    from hypothesis import strategies as st

    def breaks(text: str) -> object:
        return {"a": 1}[text]

    outcome = Outcome(Parser("broken", (), breaks, st.text()))
    run_drawn(outcome.parser, 5, 1, outcome)
    assert list(outcome.faults) == ["KeyError at elsewhere"]
