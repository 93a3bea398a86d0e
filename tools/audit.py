"""Known faults of what we depend on, as far as a service that knows them can be reached from here.

    python -m tools.audit [--advisories FOLDER] [--required]

Python packages are asked after at the package index, npm packages at npm's own service. A service that cannot be
reached has found nothing and proved nothing: that is said, and fails nothing unless --required is given. Whether it
can be reached is tried with a package whose faults are long known, so that silence is not taken for health.

--advisories: a folder with advisories in the OSV form (for instance a copy of the Python advisory database), for a
machine without network.

tools/audit_accepted.json names faults that are accepted for a time: {"CVE-…": {"why": "…", "until": "2027-01-31"}}.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from packaging.version import InvalidVersion, Version

from tools.locked import DEVELOPMENT, NODE, ROOT, Part, parts

ACCEPTED: Final = ROOT / "tools/audit_accepted.json"
KNOWN_BAD: Final = "django==2.2.0"
PATIENCE: Final = 300  # seconds for one service
ECOSYSTEMS: Final = {"pypi": "PyPI", "npm": "npm"}


@dataclass(frozen=True, slots=True)
class Fault:
    """`ids`: every name that it has."""

    part: str
    ids: tuple[str, ...]
    words: str


class NotReached(Exception):
    """The service does not answer, or does not know what it should."""


def python_faults() -> list[Fault]:
    """Raises NotReached."""
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "known-bad.txt"
        known.write_text(KNOWN_BAD)
        if not _python_answer("--no-deps", "-r", str(known)):
            raise NotReached(f"the package index tells no faults of {KNOWN_BAD}, which has many")
    return _python_answer(
        "--require-hashes", *(word for file in (DEVELOPMENT, NODE) for word in ("-r", str(ROOT / file)))
    )


def _python_answer(*which: str) -> list[Fault]:
    program = [sys.executable, "-m", "pip_audit", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    told = _json(_said([*program, *which]), "dependencies")
    return [
        Fault(
            f"{one['name']} {one.get('version', '')}",
            (fault["id"], *fault["aliases"]),
            _fixed(fault["fix_versions"]),
        )
        for one in told["dependencies"]
        for fault in one.get("vulns", ())
    ]


def _fixed(versions: list[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "not mended yet"


def npm_faults() -> list[Fault]:
    """Raises NotReached."""
    program = [sys.executable, str(ROOT / "tools/node.py"), "npm", "audit", "--json", "--package-lock-only"]
    told = _json(_said(program), "vulnerabilities")
    return [
        Fault(
            name,
            tuple(via["url"].rpartition("/")[2] for via in one["via"] if isinstance(via, dict)),
            one["severity"],
        )
        for name, one in told["vulnerabilities"].items()
        if any(isinstance(via, dict) for via in one["via"])
    ]


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotReached(type(error).__name__) from error


def _json(text: str, needed: str) -> dict[str, Any]:
    try:
        told = json.loads(text[text.index("{") :])
    except ValueError as error:
        raise NotReached("no answer that can be read") from error
    if not isinstance(told, dict) or needed not in told:
        raise NotReached("an answer that tells nothing of packages")
    return told


def advised(folder: Path, found: list[Part]) -> tuple[int, list[Fault]]:
    """How many advisories were read, and what they say of our parts."""
    wanted: dict[tuple[str, str], list[Part]] = {}
    for part in found:
        wanted.setdefault((ECOSYSTEMS[part.ecosystem], part.name), []).append(part)
    count, faults = 0, list[Fault]()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".json", ".yaml") and path.is_file():
            told = _advisory(path)
            count += "affected" in told
            faults += _of(told, wanted)
    return count, faults


def _advisory(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    told = json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    return told if isinstance(told, dict) and not told.get("withdrawn") else {}


def _of(told: Mapping[str, Any], wanted: Mapping[tuple[str, str], list[Part]]) -> Iterator[Fault]:
    for affected in told.get("affected", ()):
        about = affected.get("package", {})
        name = str(about.get("name", "")).lower().replace("_", "-")
        for part in wanted.get((about.get("ecosystem", ""), name), ()):
            if part.version in affected.get("versions", ()) or _within(
                part.version, affected.get("ranges", ())
            ):
                yield Fault(
                    f"{part.name} {part.version}",
                    (told["id"], *told.get("aliases", ())),
                    str(told.get("summary", "")),
                )


def _within(version: str, ranges: list[dict[str, Any]]) -> bool:
    """Introduced at or before it, and not fixed at or before it; commits tell nothing of versions."""
    inside = False
    for one in ranges:
        if one["type"] != "GIT":
            for event in one["events"]:
                inside = _step(inside, version, event)
            if inside:
                return True
    return False


def _step(inside: bool, version: str, event: Mapping[str, str]) -> bool:
    try:
        if "introduced" in event:
            return inside or Version(version) >= Version(event["introduced"])
        if "fixed" in event and Version(version) >= Version(event["fixed"]):
            return False
        if "last_affected" in event and Version(version) > Version(event["last_affected"]):
            return False
    except InvalidVersion:
        return inside
    return inside


def accepted(today: date) -> set[str]:
    """Names of faults that are accepted today. One whose time is over counts again."""
    return {
        name
        for name, one in json.loads(ACCEPTED.read_text()).items()
        if today <= date.fromisoformat(one["until"])
    }


def main(arguments: list[str] | None = None) -> int:
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("--advisories", type=Path, help="a folder of advisories in the OSV form")
    read.add_argument("--required", action="store_true", help="a service that is not reached is a failure")
    asked = read.parse_args(arguments)
    faults, missed = list[Fault](), False
    if asked.advisories:
        count, faults = advised(asked.advisories, parts())
        print(f"audit: {count:,} advisories read")
        missed = not count
    else:
        for name, look in (("Python packages", python_faults), ("npm packages", npm_faults)):
            try:
                told = look()
                print(f"audit: {name}: {len(told)} known faults")
                faults += told
            except NotReached as why:
                print(f"audit: {name}: NOT REACHED, NOT CHECKED ({why})")
                missed = True
    passed = accepted(date.today())  # noqa: DTZ011 - a day is exact enough
    open_ones = [one for one in faults if not passed.intersection(one.ids)]
    for one in open_ones:
        print(f"audit: {one.part}: {', '.join(one.ids)} {one.words}")
    return 1 if open_ones or (missed and asked.required) else 0


if __name__ == "__main__":
    sys.exit(main())
