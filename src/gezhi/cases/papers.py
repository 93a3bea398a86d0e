"""The folder of issued documents: <code>.pdf, written before any row says that it is there."""

from pathlib import Path

from django.conf import settings

from gezhi.lib.durable import write_whole
from gezhi.lib.readable import is_readable_code


def paper_path(code: str) -> Path:
    """`code` must be one that we made. Raises KeyError."""
    if not is_readable_code(code):
        raise KeyError(code)
    return Path(settings.DATA_DIR) / "documents" / code[:2] / f"{code}.pdf"


def keep_paper(code: str, pdf: bytes) -> None:
    write_whole(paper_path(code), pdf)


def read_paper(code: str) -> bytes | None:
    """None: not made yet."""
    try:
        return paper_path(code).read_bytes()
    except FileNotFoundError:
        return None
