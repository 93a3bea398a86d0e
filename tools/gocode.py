"""Finds Go and the sources of golang.org/x/mod for the ledger's outside check; `--install` fetches them from Debian."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "golang-golang-x-mod-dev"
GOPATH = Path("/usr/share/gocode")  # where Debian keeps Go sources
MISSING = (
    "The outside check of the ledger needs the sources of golang.org/x/mod. Debian, as root: "
    f"apt-get install {PACKAGE}. Elsewhere: name a folder with src/golang.org/x/mod in GEZHI_GOPATH."
)


def gopath() -> Path:
    return Path(os.environ.get("GEZHI_GOPATH", GOPATH))


def complete() -> bool:
    return (gopath() / "src/golang.org/x/mod/sumdb/tlog/tlog.go").exists()


def build(program: Path, into: Path) -> None:
    """Compile a Go file that uses those sources. Raises CalledProcessError with what the compiler says."""
    go = Path(sys.executable).with_name("go")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(gopath()), "GOTOOLCHAIN": "local"}
    command = [str(go), "build", "-o", str(into), str(program)]
    subprocess.run(command, env=environment, check=True, capture_output=True, text=True)


def install_from_debian() -> None:
    print("setup: Go sources from Debian", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", PACKAGE]):
        subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )


def main(arguments: list[str]) -> int:
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None
    if "--install" in arguments and not complete() and debian and os.geteuid() == 0:
        install_from_debian()
    if not complete():
        print(f"setup: {MISSING}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
