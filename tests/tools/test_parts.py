"""What a node is made of is known: each locked package with version, licence and hash."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tools import audit, sbom
from tools.locked import DEVELOPMENT, NODE, NPM, ROOT, RUNTIME, Part, parts, pinned

FOUND = parts()


def test_every_locked_package_is_a_part_with_version_licence_and_hash() -> None:
    pins = {
        (
            "pypi",
            line.partition("==")[0].partition("[")[0].lower(),
            line.partition("==")[2].split()[0].rstrip(";"),
        )
        for file in (RUNTIME, DEVELOPMENT, NODE)
        for line in (ROOT / file).read_text().splitlines()
        if "==" in line and line[0].isalnum()
    }
    lock = json.loads((ROOT / NPM).read_text())["packages"]
    pins |= {
        ("npm", path.rpartition("node_modules/")[2], one["version"]) for path, one in lock.items() if path
    }
    assert {(one.ecosystem, one.name, one.version) for one in FOUND} == pins
    assert [one for one in FOUND if not (one.licence and one.hashes)] == []
    assert all(len(digest) in (64, 128) for one in FOUND for _, digest in one.hashes)


def test_every_licence_is_fit_for_a_city() -> None:
    assert {one.name: sbom.unfit(one) for one in FOUND if sbom.unfit(one)} == {}


@pytest.mark.parametrize(
    "licence", ["", "BUSL-1.1", "MIT AND SSPL-1.0", "LicenseRef-Proprietary", "CC-BY-NC-4.0", "GPL-3.0-only"]
)
def test_a_licence_that_nobody_looked_at_is_not_fit(licence: str) -> None:
    assert sbom.unfit(Part("pypi", "a", "1", (), licence, runs=True))


def test_the_bill_says_what_is_on_a_node_and_is_valid() -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    made = sbom.bill(FOUND, datetime(2026, 7, 1, tzinfo=UTC))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made)) is None
    on_a_node = {one["name"] for one in made["components"] if one["scope"] == "required"}  # type: ignore[attr-defined]
    assert {"django", "psycopg", "maplibre-gl"} <= on_a_node
    assert not {"pytest", "esbuild", "pip-audit"} & on_a_node
    assert {one.name for one in pinned(RUNTIME, runs=True)} <= on_a_node


EVENTS = [{"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}]
AFFECTED = {
    "package": {"ecosystem": "PyPI", "name": "A_b"},
    "ranges": [{"type": "ECOSYSTEM", "events": EVENTS}],
    "versions": ["0.9rc1"],
}
ADVISORY = {"id": "PYSEC-1", "aliases": ["CVE-1"], "summary": "bad", "affected": [AFFECTED]}


@pytest.mark.parametrize(
    ("version", "faulty"), [("0.9", 0), ("0.9rc1", 1), ("1.0", 1), ("1.4.9", 1), ("1.5", 0), ("2.1", 1)]
)
def test_a_fault_is_found_among_advisories(version: str, faulty: int, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ADVISORY))
    (tmp_path / "b.yaml").write_text("id: PYSEC-2\nwithdrawn: 2026-01-01\naffected: []\n")
    assert len(audit.advised(tmp_path, [Part("pypi", "a-b", version, (), "MIT", runs=True)])[1]) == faulty


@pytest.mark.parametrize("answer", ["", "no JSON", '{"dependencies": []}', '{"error": {}}'])
def test_a_service_that_is_not_reached_is_told_and_fails_nothing(
    answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "_said", lambda command: answer)
    assert audit.main([]) == 0
    assert "NOT REACHED, NOT CHECKED" in capsys.readouterr().out
    assert audit.main(["--required"]) == 1


FAULTY = {
    "dependencies": [
        {
            "name": "django",
            "version": "2.2.0",
            "vulns": [{"id": "PYSEC-9", "aliases": ["CVE-9"], "fix_versions": ["3.0"]}],
        }
    ]
}
QUIET = {"vulnerabilities": {}}


def test_a_known_fault_fails_until_it_is_accepted_for_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "_said", lambda command: json.dumps(QUIET if "npm" in command else FAULTY))
    assert audit.main([]) == 1
    assert "django 2.2.0: PYSEC-9, CVE-9 mended in 3.0" in capsys.readouterr().out
    monkeypatch.setattr(audit, "ACCEPTED", tmp_path / "accepted.json")
    (tmp_path / "accepted.json").write_text('{"CVE-9": {"why": "never called", "until": "2999-01-01"}}')
    assert audit.main([]) == 0
    (tmp_path / "accepted.json").write_text('{"CVE-9": {"why": "never called", "until": "2020-01-01"}}')
    assert audit.main([]) == 1


def test_what_is_accepted_says_why_and_until_when() -> None:
    for name, one in json.loads(audit.ACCEPTED.read_text()).items():
        assert len(one["why"]) > 20, name
        assert date.fromisoformat(one["until"]).year < 2100, name
