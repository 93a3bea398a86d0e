"""Telephone numbers, told apart whatever way they were typed. Pure."""

import hashlib
import hmac
from typing import Final

KEPT: Final = 11  # digits: a mobile number without the country's code, a landline with its area's
FEWEST: Final = 5
KEY_SQL: Final = "right(regexp_replace({column}, '[^0-9]', '', 'g'), 11)"  # number_key, said in SQL


def number_key(number: str) -> str:
    """The digits by which a number is known: +86 138 0000 0000 and 13800000000 are one."""
    return "".join(character for character in number if character in "0123456789")[-KEPT:]


def is_number(number: str) -> bool:
    return len(number_key(number)) >= FEWEST


def number_digest(secret: str, number: str) -> str:
    """HMAC-SHA256 of the number's key, hex: tells a number again without holding it."""
    return hmac.new(secret.encode(), f"number:{number_key(number)}".encode(), hashlib.sha256).hexdigest()
