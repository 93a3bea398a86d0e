"""The key of fingerprints: from the node's secret, so that it is in no copy of the database."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings


def fingerprint_key() -> bytes:
    return _key(settings.SECRET_KEY)


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"gezhi.fingerprints", hashlib.sha256).digest()
