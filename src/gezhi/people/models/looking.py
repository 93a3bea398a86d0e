from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gezhi.lib.fields import PlaceCodeField


class Lookup(models.Model):
    """Append-only: somebody read personal data about one subject. A trigger of the database lets no row change but
    for its reason to be emptied, and lets none go before six months."""

    at = models.DateTimeField()
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20)  # people/purposes.py
    reason = models.TextField(blank=True)
    subject_kind = models.CharField(max_length=20)  # report, callback, person, account...
    subject_id = models.BigIntegerField()
    case_id = models.BigIntegerField(null=True)
    place_code = PlaceCodeField(blank=True)  # of the subject: whose auditors see the row
    fields = ArrayField(models.CharField(max_length=30))
    grade = models.SmallIntegerField()  # the highest of the fields
    way = models.CharField(max_length=12)  # page, api, export, print, field
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    shown_until = models.DateTimeField(null=True)  # of a mask that was lifted for a while
    break_glass_id = models.BigIntegerField(null=True)
    salt = models.BinaryField(max_length=16)  # of the hashes of reason and address in the ledger

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="lookup_of_subject"),
            models.Index(fields=["account_id", "-at"], name="lookup_by_account"),
            models.Index(fields=["-at", "-id"], name="lookup_newest"),
            models.Index(fields=["place_code", "-at"], name="lookup_by_place"),
            models.Index(  # which masks are lifted for whom
                fields=["account_id", "case_id", "shown_until"],
                name="lookup_shown",
                condition=Q(shown_until__isnull=False),
            ),
            models.Index(
                fields=["break_glass_id"],
                name="lookup_break_glass",
                condition=Q(break_glass_id__isnull=False),
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(grade__range=(1, 4)), name="lookup_grade")]


class Signal(models.Model):
    """Append-only: something that may matter for security. Rules make warnings of signals."""

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    facts = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)  # of the hashes of address and facts in the ledger

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-at"], name="signal_by_kind"),  # how often lately
            models.Index(
                fields=["account_id", "-at"], name="signal_by_account", condition=Q(account_id__isnull=False)
            ),
            models.Index(fields=["address", "-at"], name="signal_by_address", condition=~Q(address="")),
            models.Index(fields=["-at", "-id"], name="signal_newest"),
        ]
