"""Leaves only names, versions and hashes in package-lock.json: where to send money changes, and names hosts."""

import json
from pathlib import Path

path = Path(__file__).resolve().parent.parent / "package-lock.json"
lock = json.loads(path.read_text())
for package in lock["packages"].values():
    package.pop("funding", None)
path.write_text(json.dumps(lock, ensure_ascii=False, indent=2) + "\n")
