"""The number of the request that is being answered: in logs, on pages that say that something went wrong, in what is
kept of looks at personal data. "" outside of a request."""

import re
import secrets
from contextvars import ContextVar, Token
from typing import Final

_FROM_OUTSIDE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    return _current.get()


def begin(given: str = "") -> Token[str]:
    """`given`: the number that a proxy or another system already gave; taken when it is a plain one."""
    return _current.set(given if _FROM_OUTSIDE.fullmatch(given) else secrets.token_hex(8))


def end(token: Token[str]) -> None:
    _current.reset(token)
