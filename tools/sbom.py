"""The parts that a node is made of, with versions, licences and hashes: CycloneDX 1.6 into var/sbom.json.

    python -m tools.sbom [FILE]

Says which licences there are, and fails for one that nobody has yet found to be fit for a city.
"""

import json
import re
import sys
import tomllib
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tools.locked import ROOT, Part, parts

FIT: Final = frozenset(  # anybody may use, change and hand on, also for pay and for public duties
    "MIT MIT-0 MIT-CMU BSD-2-Clause BSD-3-Clause 0BSD Apache-2.0 ISC PSF-2.0 Zlib CC0-1.0 OFL-1.1 HPND Unlicense "
    "MPL-2.0 LGPL-3.0-only LGPL-3.0-or-later".split()
)
FIT_FOR_TESTS: Final = frozenset({"GPL-3.0-only", "GPL-3.0-or-later"})  # what is not handed on with the node


def names_in(licence: str) -> list[str]:
    """MIT OR (Apache-2.0 AND ISC) -> MIT, Apache-2.0, ISC. Every one must be fit: no choice is made here."""
    return re.findall(r"[A-Za-z0-9][A-Za-z0-9.+-]*", re.sub(r"\b(AND|OR|WITH)\b", " ", licence))


def unfit(part: Part) -> list[str]:
    allowed = FIT if part.runs else FIT | FIT_FOR_TESTS
    return [name for name in names_in(part.licence) or ["none stated"] if name not in allowed]


def component(part: Part) -> dict[str, object]:
    single = len(names_in(part.licence)) == 1
    licence = {"license": {"id": part.licence}} if single else {"expression": part.licence.strip("()")}
    return {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "scope": "required" if part.runs else "excluded",
        "licenses": [licence],
        "properties": [{"name": f"file:{alg}", "value": digest} for alg, digest in part.hashes[1:]],
        "hashes": [{"alg": alg, "content": digest} for alg, digest in part.hashes[:1]],
    }


def bill(found: list[Part], now: datetime) -> dict[str, object]:
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": about["name"],
                "name": about["name"],
                "version": about["version"],
                "licenses": [{"license": {"id": about["license"]}}],
            },
        },
        "components": [component(part) for part in found],
    }


def main(arguments: list[str]) -> int:
    out = Path(arguments[0]) if arguments else ROOT / "var/sbom.json"
    found = parts()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(bill(found, datetime.now(UTC)), indent=1) + "\n")
    kinds = Counter((part.licence, part.runs) for part in found)
    for (licence, runs), count in sorted(kinds.items()):
        print(f"{count:4}  {licence}{'' if runs else '  (building and testing only)'}")
    wrong = {part.purl: unfit(part) for part in found if unfit(part)}
    for purl, names in wrong.items():
        print(f"{purl}: {', '.join(names)} has not been found fit. Look at it, then add it to tools/sbom.py.")
    print(f"{len(found)} parts, {sum(part.runs for part in found)} of them on a node: {out}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
