"""The folder of issued documents: <code>.pdf, written before any row says that it is there."""

import os
from pathlib import Path

from django.conf import settings

from gezhi.lib.readable import is_readable_code


def paper_path(code: str) -> Path:
    """`code` must be one that we made. Raises KeyError."""
    if not is_readable_code(code):
        raise KeyError(code)
    return Path(settings.DATA_DIR) / "documents" / code[:2] / f"{code}.pdf"


def keep_paper(code: str, pdf: bytes) -> None:
    """Whole or not at all, also after a loss of power."""
    path = paper_path(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as file:
        file.write(pdf)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def read_paper(code: str) -> bytes | None:
    """None: not made yet."""
    try:
        return paper_path(code).read_bytes()
    except FileNotFoundError:
        return None
