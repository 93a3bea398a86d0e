"""Finds Prometheus' promtool and Alertmanager for the outside checks of monitors; `--install` gets Debian's.

Their packages are unpacked beside Python, not installed, so that nothing is started. Debian's Alertmanager looks for
its templates in one place of the machine; root links them there.
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
TEMPLATES = Path("/usr/share/prometheus/alertmanager")
MISSING = (
    f"The outside checks of monitors need {' and '.join(PROGRAMS)}. Debian, as root: `python tools/prometheus.py "
    "--install`. Elsewhere: on the path."
)


def program(name: str) -> Path | None:
    """Where it is, ready to run; None: nowhere that we look."""
    found = shutil.which(name, path=os.pathsep.join((str(FOLDER / "usr/bin"), os.environ.get("PATH", ""))))
    if found is None or (found.startswith(str(FOLDER)) and not TEMPLATES.exists() and name != "promtool"):
        return None
    return Path(found)


def complete() -> bool:
    return all(program(name) for name in PROGRAMS)


def unpack_from_debian(into: Path) -> None:
    print("setup: promtool and Alertmanager from Debian", flush=True)
    root = os.geteuid() == 0
    if root:
        _quietly(["apt-get", "-qq", "update"])
    with tempfile.TemporaryDirectory() as folder:
        _quietly(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *PACKAGES], Path(folder))
        for package in Path(folder).glob("*.deb"):
            _quietly(["dpkg-deb", "--extract", str(package), str(into)])
    templates = into / TEMPLATES.relative_to("/")
    if root and templates.exists() and not TEMPLATES.exists():
        TEMPLATES.parent.mkdir(parents=True, exist_ok=True)
        TEMPLATES.unlink(missing_ok=True)
        TEMPLATES.symlink_to(templates.resolve())


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
