"""Settings about authorities and witnesses, refused at the start when they cannot be read."""

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured

from gezhi.ledger.notes import BadNote
from gezhi.ledger.witnessing import logs_in, witnesses_in


def witnesses_setting(text: str) -> str:
    """GEZHI_WITNESSES as it is. Raises ImproperlyConfigured."""
    return _readable("GEZHI_WITNESSES", text, witnesses_in)


def witness_of_setting(text: str) -> str:
    """GEZHI_WITNESS_OF as it is. Raises ImproperlyConfigured."""
    return _readable("GEZHI_WITNESS_OF", text, logs_in)


def minutes(name: str, text: str) -> int:
    """Raises ImproperlyConfigured."""
    return _number(name, text, "minutes")


def seconds(name: str, text: str) -> int:
    """Raises ImproperlyConfigured."""
    return _number(name, text, "seconds")


def _number(name: str, text: str, of: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise ImproperlyConfigured(f"{name} is '{text[:40]}', not a number of {of}.")
    return int(text)


def _readable(name: str, text: str, read: Callable[[str], object]) -> str:
    try:
        read(text)
    except BadNote as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    return text
