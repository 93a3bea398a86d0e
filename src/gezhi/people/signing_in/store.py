"""Django's sessions in a table of our own: listed by their owner, ended by deleting the row, useless when copied.

The cookie's key is stored as its SHA-256. A session of an account ends when nobody has used it for SESSION_IDLE, and
at the latest when SESSION_LONGEST is over; one of a resident, who has no account, after SESSION_COOKIE_AGE.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gezhi.people.models import Session
from gezhi.people.queries.signing import key_hash

BEGUN, ADDRESS, DEVICE, PROVIDER = "begun_at", "address", "device", "provider_session"
FACTORS: Final = "factors"  # what the person proved when signing in
PROVED: Final = "proved_at"  # when they last did
IDENTITY: Final = "identity"  # its ID token, sealed; whom the identity provider is to sign out


class SessionStore(DatabaseStore):
    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def stored_key(self) -> str:
        """ "" before there is a key."""
        return key_hash(self.session_key) if self.session_key else ""

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()
        row = Session.objects.filter(session_key=self.stored_key, expire_date__gt=now).first()
        if row is None or (row.account_id and row.seen_at < now - settings.SESSION_IDLE):
            self._session_key = None
            return None
        self.seen_at = row.seen_at
        return row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=key_hash(session_key)).exists()

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        self._get_or_create_session_key()  # type: ignore[attr-defined]
        begun = parse_datetime(data.get(BEGUN, ""))
        self.seen_at = timezone.now()
        return Session(
            session_key=self.stored_key,
            session_data=self.encode(dict(data)),
            expire_date=self.get_expiry_date(),
            account_id=int(data[SESSION_KEY]) if SESSION_KEY in data else None,
            begun_at=begun,
            seen_at=self.seen_at,
            address=data.get(ADDRESS, ""),
            device=data.get(DEVICE, ""),
            provider_session=data.get(PROVIDER, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(key_hash(key))
