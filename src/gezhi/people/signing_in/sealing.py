"""Secrets that must be read again (of authenticator apps, recovery codes) lie sealed in the database.

AES-256-GCM under a key made from the node's secret key: a copy of the database alone opens none of them.
"""

import base64
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

_NONCE: Final = 12  # bytes
_PURPOSE: Final = b"gezhi: secrets of signing in"


class CannotOpen(Exception):
    """This was sealed by a node with another GEZHI_SECRET_KEY. Whoever it belongs to must set it up again."""


def sealed(text: str) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _lock(settings.SECRET_KEY).encrypt(nonce, text.encode(), None)).decode()


def opened(text: str) -> str:
    """Raises CannotOpen."""
    try:
        data = base64.b64decode(text)
    except ValueError as error:
        raise CannotOpen(CannotOpen.__doc__) from error
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _lock(key).decrypt(data[:_NONCE], data[_NONCE:], None).decode()
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen(CannotOpen.__doc__)


def _lock(key: str | bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(force_bytes(key)))
