"""A leaked file is led back to the exports and lookups that it could have come from, with the counts that say so."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from gezhi.ledger.models import Entry
from gezhi.people.actions import record_lookups
from gezhi.people.looking import Look
from gezhi.security.actions.tracing import trace_leak
from gezhi.security.cli import security
from gezhi.security.leaks import NoTable, lines_of
from gezhi.security.models import Export
from tests.cast import Cast
from tests.security.conftest import SignedIn, taken_by


def saved_as_csv(lines: list[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("gb18030")


@pytest.fixture
def taken(signed_in: SignedIn, forty: list[str]) -> list[bytes]:
    """The same list, by three people; the second of them lets a part of it go."""
    return [taken_by(signed_in(name)) for name in ("dispatcher", "second-dispatcher", "supervisor")]


def part_of(file: bytes) -> bytes:
    rows = [list(line) for line in lines_of(file)][5:29]
    return saved_as_csv([[row[0], row[1], row[7]] for row in reversed(rows)])


def test_the_export_that_a_part_came_from_is_named_first_and_alone(taken: list[bytes], city: Cast) -> None:
    found = trace_leak(part_of(taken[1]), None)
    first = found.candidates[0]
    assert first.export.account_id == city.account("second-dispatcher").pk
    assert first.alone
    assert first.held is not None
    assert (first.held.rows, first.held.of_rows) == (24, 24)
    assert len(found.candidates) == 3


def test_the_very_file_is_known_by_its_digest(taken: list[bytes]) -> None:
    found = trace_leak(taken[2], None)
    assert [one.same_file for one in found.candidates] == [True, False, False]
    assert [one.named for one in found.candidates] == [True, False, False]


def test_what_the_file_names_itself_is_no_proof(taken: list[bytes]) -> None:
    """Somebody writes another's number beneath: the rows still say where they came from."""
    framed, mine = Export.objects.order_by("id")[0], Export.objects.order_by("id")[1]
    number = "-".join((framed.number[:4], framed.number[4:8], framed.number[8:]))
    found = trace_leak(part_of(taken[1]) + f"导出编号 {number}\n".encode("gb18030"), None)
    assert found.candidates[0].export.number == mine.number
    assert [one.export.number for one in found.candidates if one.named] == [framed.number]


def test_who_had_looked_is_counted_by_case(taken: list[bytes], city: Cast, forty: list[str]) -> None:
    from gezhi.cases.models import Case

    ids = list(Case.objects.filter(number__in=forty[:10]).order_by("id").values_list("id", flat=True))
    looks = [
        Look(city.account("operator").pk, "handling", "report", pk, ("phone",), 3, "page", case_id=pk)
        for pk in ids
    ]
    record_lookups(looks)
    found = trace_leak("\n".join(forty[:12]).encode(), None)
    assert [(one.account_id, one.cases, one.of_cases, one.looks) for one in found.looked] == [
        (city.account("operator").pk, 10, 12, 10)
    ]


def test_a_leak_from_elsewhere_names_nobody(taken: list[bytes]) -> None:
    found = trace_leak("甲,13800000001\n乙,13800000002\n丙,13800000003\n".encode(), None)
    assert (found.rows, found.exports, found.candidates, found.looked) == (3, 3, [], [])


def test_tracing_leaves_an_entry_that_holds_nothing_of_the_file(taken: list[bytes], city: Cast) -> None:
    trace_leak(part_of(taken[1]), city.account("administrator").pk)
    body = bytes(Entry.objects.get(kind="security.traced").body)
    assert json.loads(body)["facts"] == {
        "account": city.account("administrator").pk, "rows": 24, "exports": 3, "candidates": 3
    }  # fmt: skip


def test_the_command_says_what_could_be_and_never_who_did_it(taken: list[bytes], tmp_path: Path) -> None:
    leak = tmp_path / "leak.csv"
    leak.write_bytes(part_of(taken[1]))
    said = CliRunner().invoke(security, ["trace", str(leak)]).output
    number = Export.objects.order_by("id")[1].number
    assert f"could have come from {number}" in said
    assert "24 of 24 rows stand in it" in said
    told = re.search(r"(\d+) of (\d+) times are rounded as in it", said.partition(number)[2])
    assert told is not None
    assert told[1] == told[2]  # a moment that stands on a minute by chance says nothing and is not counted
    assert int(told[2]) > 12
    plain = CliRunner().invoke(security, ["trace", str(leak), "--json", "--top", "1"]).output
    assert json.loads(plain.splitlines()[0])["export"] == number


def test_what_is_no_table_is_refused_with_a_way_out(tmp_path: Path, city: Cast) -> None:
    with pytest.raises(NoTable):
        trace_leak(b"%PDF-1.7", None)
    leak = tmp_path / "leak.pdf"
    leak.write_bytes(b"%PDF-1.7")
    said = CliRunner().invoke(security, ["trace", str(leak)])
    assert said.exit_code == 1
    assert "paste it as text" in said.output
