"""The node's secret key: made once, kept readable by its owner alone, in the data directory."""

import os
import secrets
from pathlib import Path
from typing import Final

_SHORTEST: Final = 32  # characters: 128 bits and more, however they were made


class WeakKey(ValueError):
    """GEZHI_SECRET_KEY is short or is that of an example: everybody could sign with it. Take one from
    `python -c "import secrets; print(secrets.token_urlsafe(48))"`, or leave it out, and the node makes one."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


def strong(key: str) -> str:
    """A key that somebody chose; "" for none. Raises WeakKey."""
    if key and (len(key) < _SHORTEST or len(set(key)) < _SHORTEST // 4 or key.startswith("change-me")):
        raise WeakKey
    return key


def secret_key(data: Path) -> str:
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Two processes may start at once: the first whole file wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
