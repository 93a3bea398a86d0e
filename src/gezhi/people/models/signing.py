from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from gezhi.people.models.staff import Account


class Session(AbstractBaseSession):
    """An open browser. Its key is the SHA-256 of the cookie's, so that a copy of this table opens none."""

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")
    begun_at = models.DateTimeField(null=True)  # when the account signed in
    seen_at = models.DateTimeField()  # to the minute
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=60, blank=True)
    provider_session = models.CharField(max_length=64, blank=True)  # SHA-256 of the identity provider's

    class Meta:
        indexes = [
            models.Index(
                fields=["provider_session"],
                name="session_by_provider",
                condition=~models.Q(provider_session=""),
            )  # which end when it does
        ]


class TryCount(models.Model):
    """Wrong tries at a secret, of one name or from one address. The key is an HMAC: whoever types a password into
    the field of the name leaves none here."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.FloatField()
    at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)  # nothing is tried before; and which rows are to be forgotten


class KnownAddress(models.Model):
    """Where somebody has signed in before, as an HMAC: a stranger's wrong tries elsewhere do not lock them out here."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="addresses")
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address"], name="address_once")]


class PasswordLink(models.Model):
    """Lets one person set a password, once. Only the SHA-256 of the link's secret is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="links")
    key_hash = models.CharField(max_length=64, unique=True)
    made_by = models.BigIntegerField(null=True)  # None: by command
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
