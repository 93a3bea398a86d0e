"""Secrets are blotted out of whatever is logged, wherever it came from."""

import logging
import re
import traceback
from typing import Final

BLOT: Final = "***"
# Words before a colon or an equals sign; the second group only in the query of an address, where they are secrets.
_NAMES: Final = (
    "password|passwd|secret|client_secret|token|access_token|refresh_token|id_token|id_token_hint|logout_token|"
    "code_verifier|credential|csrfmiddlewaretoken|csrftoken|sessionid|api_key|apikey|authorization"
)
_ASKED: Final = "code|state|nonce|ticket|key|last4"
_VALUE: Final = r"(?:\"[^\"]*\"|'[^']*'|\[[^\]]*\]|[^\s&,;)}]+)"
_PATTERNS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", BLOT),
        (r"\bgz_[A-Za-z0-9_-]{8,}", f"gz_{BLOT}"),  # keys of other systems
        (r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}", rf"\1 {BLOT}"),
        (r"(otpauth://\S{0,600}?secret=)[A-Za-z2-7]+", rf"\1{BLOT}"),
        (r"(/sign-in/link/)[^/\s'\"?]+", rf"\1{BLOT}"),
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", BLOT),  # JSON web tokens
        (r"((?:__Host-)?(?:session|sessionid|csrf|csrftoken)=)[^;\s'\"]+", rf"\1{BLOT}"),
        (r"(://[^/\s:@]+:)[^@\s/]+@", rf"\1{BLOT}@"),  # the password in a database's address
        (rf"([?&](?:{_ASKED})=)[^&\s'\"]+", rf"\1{BLOT}"),
        (
            rf"((?<![A-Za-z0-9])['\"]?(?:{_NAMES})['\"]?\s*[:=]\s*)(?!{re.escape(BLOT)}|Bearer|Basic){_VALUE}",
            rf"\1{BLOT}",
        ),
    )
)


def redacted(text: str) -> str:
    """The text with whatever looks like a secret blotted out; rather one word too many than one too few."""
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text


_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class RedactSecrets(logging.Filter):
    """For a handler: what a record says, its traceback and its further fields, before any formatter sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(_said(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        record.exc_text = redacted(record.exc_text) if record.exc_text else record.exc_text
        record.stack_info = redacted(record.stack_info) if record.stack_info else record.stack_info
        for name in set(vars(record)) - _PLAIN:
            setattr(record, name, _cleaned(getattr(record, name)))
        return True


def _cleaned(value: object) -> object:
    """Texts, also within plain lists and mappings."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (
        TypeError,
        ValueError,
        KeyError,
    ):  # its blanks do not fit what was given for them, which may be secret
        return str(record.msg)
