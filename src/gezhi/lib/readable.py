"""Codes that people read out and type."""

import secrets

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters, without 0 1 I O


def readable_code(length: int = 12) -> str:
    """Random, 5 bits a character."""
    number = secrets.randbits(5 * length)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(length))


def is_readable_code(text: str, length: int = 12) -> bool:
    return len(text) == length and all(character in _ALPHABET for character in text)
