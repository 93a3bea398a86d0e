from django.db import models
from django.db.models import Q

from gezhi.people.models.staff import Account


class SigningKey(models.Model):
    """A key with which a person's acts are signed. `held`: by the server (`locked` is its secret half), or by the
    person alone (own). Public halves are entries of the ledger. Ended ones stay, since what they signed does."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="signing_keys", db_index=False)
    key = models.CharField(max_length=16, unique=True)
    public = models.BinaryField(max_length=65)  # Ed25519: 32 bytes; SM2: a point of 65
    held = models.CharField(max_length=6)  # server | own
    alone = models.BooleanField(default=False)  # an own key without which nothing is signed
    locked = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "held"], name="signing_key_in_force", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                condition=Q(held="server", alone=False) & (~Q(locked="") | ~Q(ended_at=None))
                | Q(held="own", locked=""),
                name="signing_key_held_or_own",
            ),
        ]
