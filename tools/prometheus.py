"""Finds Prometheus' promtool and Alertmanager for the outside checks of monitors; `--install` gets Debian's.

Their packages are unpacked beside Python, not installed: nothing is started and nothing of the machine changes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ("prometheus", "prometheus-alertmanager")
PROGRAMS = ("promtool", "prometheus-alertmanager")
FOLDER = Path(sys.prefix) / "debian"
MISSING = (
    f"The outside checks of monitors need {' and '.join(PROGRAMS)}. Debian: `python tools/prometheus.py --install`, as "
    "root where the lists of packages are empty. Elsewhere: put them on the path, or their folder into GEZHI_PROMETHEUS."
)


def program(name: str) -> Path | None:
    """Where it is; None: nowhere that we look."""
    folders = [Path(named)] if (named := os.environ.get("GEZHI_PROMETHEUS")) else [FOLDER / "usr/bin"]
    found = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
    return Path(found) if found else None


def complete() -> bool:
    return all(program(name) for name in PROGRAMS)


def unpack_from_debian(into: Path) -> None:
    print("setup: promtool and Alertmanager from Debian", flush=True)
    if os.geteuid() == 0:
        _quietly(["apt-get", "-qq", "update"])
    with tempfile.TemporaryDirectory() as folder:
        _quietly(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *PACKAGES], Path(folder))
        for package in Path(folder).glob("*.deb"):
            _quietly(["dpkg-deb", "--extract", str(package), str(into)])


def _quietly(command: list[str], folder: Path | None = None) -> None:
    nowhere = subprocess.DEVNULL
    subprocess.run(command, cwd=folder, check=False, stdin=nowhere, stdout=nowhere, stderr=nowhere)


def main(arguments: list[str]) -> int:
    if "--install" in arguments and not complete() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        unpack_from_debian(FOLDER)
    if not complete():
        print(f"setup: {MISSING}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
