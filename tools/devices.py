"""Finds the broker and the clients that we did not write, by which devices are tested; `--install` fetches them."""

import os
import shutil
import subprocess
import sys

PROGRAMS = {"mosquitto": "mosquitto", "mosquitto_pub": "mosquitto-clients", "sipp": "sip-tester"}
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"))
MISSING = (
    "The tests of brokers and of GB/T 28181 need a broker and clients. Debian, as root: apt-get install "
    f"{' '.join(PROGRAMS.values())}. Elsewhere: install Mosquitto and SIPp."
)


def missing() -> list[str]:
    """Debian's packages."""
    return [package for name, package in PROGRAMS.items() if shutil.which(name, path=PLACES) is None]


def install_from_debian(packages: list[str]) -> None:
    """The broker is for tests: nothing begins it."""
    print(f"setup: {', '.join(packages)} from Debian", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )


def main(arguments: list[str]) -> int:
    if "--install" in arguments and missing() and shutil.which("apt-get") and os.geteuid() == 0:
        install_from_debian(missing())
    if missing():
        print(f"setup: {MISSING}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
