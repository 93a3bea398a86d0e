"""A pack that was written from the documents alone works on screen and API, and its next version takes cases along."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.http import HttpResponse
from django.test import Client

from gezhi.cases.models import Case, CaseEvent
from gezhi.config.cli import _from_above
from gezhi.ledger.models import Entry
from gezhi.packs.cli import packs
from gezhi.packs.loading import load
from gezhi.sensing.recordings import prove
from tests import cast
from tests.cast import Cast
from tests.exchange.test_rest import stored

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "tests/packs/thirteenth"
LON, LAT = cast.centre_of(f"{cast.WANAN}001")
Person = Callable[[str], Client]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack as a stranger has it, needing the version of city management that lies in the packs."""
    monkeypatch.setenv("GEZHI_PACKS_DIR", str(ROOT / "packs"))
    copy = Path(shutil.copytree(PACK, tmp_path / "stray-dogs"))
    found = re.search("version: (.+)", (ROOT / "packs/city-management/pack.yaml").read_text(encoding="utf-8"))
    assert found
    change(copy / "pack.yaml", "city-management: 1.1.0", f"city-management: {found[1]}")
    return copy


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(packs, words, obj=_from_above("packs"))


def published(folder: Path) -> None:
    result = run("apply", str(folder), "--yes")
    assert result.exit_code == 0, result.output


def post(client: Client, address: str, **body: object) -> HttpResponse:
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def step(by: Client, number: str, name: str, **given: object) -> HttpResponse:
    version = Case.objects.get(number=number).version
    return post(by, f"cases/{number}/steps/{name}", version=version, **given)


def kept_dog(city: Cast, person: Person) -> str:
    """The number of a case that stands in `kept`."""
    operator = person("dispatcher")
    body = {"text": "路口有流浪狗", "category": "stray-dog", "attributes": {"hurt": True}}
    answer = post(
        operator, "reports", source_id="dog-1", lon=LON, lat=LAT, reporter_phone="13800001234", **body
    )
    assert answer.status_code == 201, answer.content
    number = str(answer.json()["case_number"])
    handler = person("handler")
    unit = city.units["haishu-works"]
    assert step(person("dispatcher"), number, "dispatch", unit_id=unit).status_code == 200
    assert step(handler, number, "receive").status_code == 200
    answer = step(handler, number, "keep", text="已收容")
    assert answer.status_code == 200, answer.content
    return number


def test_it_is_small_and_sound(folder: Path) -> None:
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in folder.rglob("*.yaml"))
    assert lines < 150
    assert not list(folder.rglob("*.py"))
    assert run("check", str(folder)).exit_code == 0


def test_it_is_planned_applied_and_walked(city: Cast, folder: Path, person: Person) -> None:
    assert "First publication of stray-dogs 1.0.0" in run("plan", str(folder)).output
    published(folder)
    assert "stray-dog" in {one["key"] for one in Client().get("/api/v1/categories").json()}
    number = kept_dog(city, person)
    case = Case.objects.get(number=number)
    assert (case.state, case.limits) == ("kept", "urgent")
    handler, verifier = person("handler"), person("verifier")
    assert step(handler, number, "hand-over", text="已领养", evidence=[stored(handler)]).status_code == 200
    closed = step(verifier, number, "verify")
    assert closed.status_code == 200 or closed.json()["code"] != "not-your-role", closed.content
    desk = Client()
    desk.force_login(city.account("dispatcher"))
    page = desk.get(f"/desk/cases/{number}/").content.decode()
    assert "流浪犬" in page
    assert "已收容观察" in page


def renamed(folder: Path, moves: str) -> None:
    """The next version, in which `kept` is called `watched`."""
    change(folder / "pack.yaml", "version: 1.0.0", "version: 1.1.0")
    change(folder / "CHANGELOG.md", "## 1.0.0", "## 1.1.0\n- Kept is called watched.\n\n## 1.0.0")
    change(folder / "procedures/stray.yaml", "key: kept", "key: watched")
    change(folder / "procedures/stray.yaml", "to: kept", "to: watched")
    change(folder / "procedures/stray.yaml", "from: [kept]", "from: [watched]")
    change(folder / "procedures/stray.yaml", "base: standard", f"base: standard\n{moves}")
    change(folder / "tests/dogs.yaml", "then: kept", "then: watched")


def test_a_state_with_open_cases_is_not_dropped_until_it_is_mapped(
    city: Cast, folder: Path, person: Person
) -> None:
    published(folder)
    number = kept_dog(city, person)
    renamed(folder, "")
    refused = run("apply", str(folder), "--yes")
    assert refused.exit_code == 1
    assert "open cases stand in 'kept', which this version drops" in refused.output
    change(folder / "procedures/stray.yaml", "base: standard", "base: standard\nmoves: {kept: watched}")
    planned = run("plan", str(folder))
    assert planned.exit_code == 0, planned.output
    assert "1 open in stray/kept: -> watched" in planned.output
    published(folder)
    assert Case.objects.get(number=number).state == "kept"


def test_open_cases_go_along_when_asked_each_with_an_event_and_a_limit(
    city: Cast, folder: Path, person: Person
) -> None:
    published(folder)
    number = kept_dog(city, person)
    before = Case.objects.get(number=number)
    renamed(folder, "moves: {kept: watched}")
    result = run("apply", str(folder), "--yes", "--move-open")
    assert "1 open case goes on under it" in result.output, result.output
    after = Case.objects.get(number=number)
    assert after.state == "watched"
    assert after.pack_version_id != before.pack_version_id
    assert (after.due_at, after.version) == (before.due_at, before.version + 1)
    event = CaseEvent.objects.get(case=after, transition="move")
    assert (event.from_state, event.to_state, event.kind) == ("kept", "watched", "correct")
    assert Entry.objects.filter(kind="case.move", subject=f"case:{after.pk}").count() == 1
    again = run("apply", str(folder), "--yes", "--move-open")
    assert "0 open cases go on" in again.output
    handler = person("handler")
    assert step(handler, number, "hand-over", text="已领养", evidence=[stored(handler)]).status_code == 200


def test_the_examples_of_the_how_to_are_sound(tmp_path: Path) -> None:
    names = iter(
        (
            *("pack.yaml", "categories.yaml", "parameters/limits.yaml", "tests/noise.yaml"),
            *("procedures/noise.yaml", "rules/rules.yaml", "closings.yaml"),
            *("things.yaml", "monitors.yaml", "tests/readings/noise.yaml", "overlays/city-management.yaml"),
        )
    )
    page = (ROOT / "docs/howto/write-a-pack.md").read_text(encoding="utf-8")
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```", page, re.S | re.M):
        name = next(names, None)
        if name:
            text = re.sub(r"^  (?=rules:|closings:|  -)", "", block, flags=re.M)
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("## 1.0.0\n", encoding="utf-8")
    more = """\
  - key: measuring
    title: {zh: 复测, en: Measuring}
    values: [{since: 2026-07-01, length: 1 days, source: law}]
"""
    with (tmp_path / "parameters/limits.yaml").open("a", encoding="utf-8") as file:
        file.write(more)
    loaded = load(tmp_path, [ROOT / "packs"])
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.pack is not None
    assert prove(loaded.pack) == []
