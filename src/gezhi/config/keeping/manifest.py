"""The list that PostgreSQL puts into its copy, held against what was unpacked.

(Its own program for this ends with a segmentation fault in the wheel of the embedded server, hence this one.)
"""

import hashlib
import json
from pathlib import Path
from typing import Final

from gezhi.config.keeping.records import Damaged

NAME: Final = "backup_manifest"
_SEAL: Final = b'"Manifest-Checksum"'


def require_listed(cluster: Path) -> int:
    """Every listed file is there with its size and SHA-256. Returns how many. Raises Damaged."""
    written = (cluster / NAME).read_bytes()
    try:
        known = json.loads(written)
        before = written[: written.rindex(_SEAL)]
    except (ValueError, RecursionError) as error:
        raise Damaged("The list of the database's files cannot be read.") from error
    if not isinstance(known, dict) or "Manifest-Checksum" not in known:
        raise Damaged("The list of the database's files has no checksum of its own.")
    if hashlib.sha256(before).hexdigest() != known["Manifest-Checksum"]:
        raise Damaged("The list of the database's files was changed: its own checksum differs.")
    for one in known["Files"]:
        name = (
            one["Path"]
            if "Path" in one
            else bytes.fromhex(one["Encoded-Path"]).decode("utf-8", "surrogateescape")
        )
        _require(cluster / name, name, int(one["Size"]), one["Checksum"])
    return len(known["Files"])


def _require(path: Path, name: str, size: int, checksum: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Damaged(f"The copy of the database lacks {name}: {error}.") from error
    if path.stat().st_size != size or found != checksum:
        raise Damaged(f"In the copy of the database {name} is not what was read.")
