"""The committed OpenAPI document is the one that the code serves."""

import json

from click.testing import CliRunner

from gezhi.config.cli import main
from tests.house.tree import ROOT

COMMITTED = ROOT / "docs/reference/openapi.json"


def test_the_committed_document_is_the_served_one() -> None:
    answer = CliRunner().invoke(main, ["openapi"])
    assert answer.exit_code == 0, answer.output
    served = json.loads(answer.stdout)
    again = "The API changed. Run: .venv/bin/gezhi openapi > docs/reference/openapi.json"
    assert served == json.loads(COMMITTED.read_text(encoding="utf-8")), again
