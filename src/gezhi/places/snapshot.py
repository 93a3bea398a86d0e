"""A snapshot on disk: an immutable folder of .npy files and a manifest with sizes and SHA-256 digests.

Processes map the files read-only, so that they share one copy in the page cache. The folder is written under
another name and renamed when complete.
"""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from gezhi.places.raster import Arrays

MANIFEST: Final = "manifest.json"
FORMAT: Final = 2
_NAMES: Final = tuple(field.name for field in fields(Arrays))


class SnapshotError(Exception):
    """The snapshot at {path} cannot be used: {reason}. Build it again with `gezhi places snapshot`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__((self.__doc__ or "").format(path=path, reason=reason))


def write(arrays: Arrays, folder: Path) -> Path:
    """Writes the folder in one step; an existing folder of that name stays as it is."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        files = {name: _write_array(arrays, name, draft) for name in _NAMES}
        (draft / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": files}, indent=1))
        _publish(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _write_array(arrays: Arrays, name: str, folder: Path) -> dict[str, object]:
    path = folder / f"{name}.npy"
    with path.open("wb") as file:
        np.save(file, getattr(arrays, name))
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": path.stat().st_size, "sha256": _digest(path)}


def _publish(draft: Path, folder: Path) -> None:
    draft.chmod(0o755)
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / MANIFEST).exists():
            raise


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, dict[str, object]]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        found, files = manifest["format"], dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(folder, f"its manifest is missing or unreadable ({error})") from error
    if found != FORMAT or set(files) != set(_NAMES):
        raise SnapshotError(folder, f"its format is {found}, this version reads {FORMAT}")
    return files


def read(folder: Path) -> Arrays:
    """Maps the files; sizes and headers are checked, digests are not (see verify)."""
    files = _manifest(folder)
    arrays = {}
    for name, facts in files.items():
        path = folder / f"{name}.npy"
        size = path.stat().st_size if path.exists() else 0
        if size != facts["bytes"]:
            raise SnapshotError(folder, f"{path.name} has {size} bytes where {facts['bytes']} were written")
        try:
            arrays[name] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        except ValueError as error:
            raise SnapshotError(folder, f"{path.name} has a damaged header ({error})") from error
    return Arrays(**arrays)


def verify(folder: Path) -> None:
    """Reads every byte and compares digests."""
    for name, facts in _manifest(folder).items():
        if _digest(folder / f"{name}.npy") != facts["sha256"]:
            raise SnapshotError(folder, f"{name}.npy differs from what was written")


def prune(parent: Path, keep: int) -> None:
    """Drops all but the newest snapshots; a process that still maps an old one keeps it until it lets go."""
    folders = [manifest.parent for manifest in parent.glob(f"*/{MANIFEST}")]
    for folder in sorted(folders, key=lambda f: f.stat().st_mtime, reverse=True)[keep:]:
        shutil.rmtree(folder, ignore_errors=True)
