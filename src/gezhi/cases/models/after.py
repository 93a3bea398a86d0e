"""What follows a case: callbacks, documents, what contractors are paid."""

from django.db import models
from django.db.models import Q

from gezhi.lib.fields import PlaceCodeField


class Callback(models.Model):
    """A reporter is to be asked whether it is true (回访): by sample, and for every bad rating."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="callbacks", db_index=False)
    report_id = models.BigIntegerField()
    place_code = PlaceCodeField()
    unit_id = models.BigIntegerField(null=True)  # whose work is asked about
    reason = models.CharField(max_length=12)  # sample | bad-rating
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    account_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)  # resolved | not-resolved | unreachable | reopened
    responded = models.BooleanField(null=True)  # the unit had contacted the reporter
    rating = models.SmallIntegerField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="callback_of_case"),
            models.Index(fields=["due_at", "id"], name="callback_queue", condition=Q(done_at=None)),
            models.Index(fields=["done_at", "unit_id"], name="callback_done"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["report_id"], name="callback_one", condition=Q(done_at=None)),
        ]


class IssuedDocument(models.Model):
    """A document written from the facts of a case. `code` is what anyone may check it by."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="documents", db_index=False)
    seq = models.IntegerField()  # of the event that issued it
    template = models.CharField(max_length=60)
    pack_version_id = models.BigIntegerField()
    number = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=16, unique=True)
    facts = models.JSONField()
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, blank=True)  # of the PDF, once made
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="document_of_case")]


class Charge(models.Model):
    """What a contractor is owed for a case."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="charges", db_index=False)
    unit_id = models.BigIntegerField()
    contract_id = models.BigIntegerField()
    cents = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="charge_of_case"),
            models.Index(fields=["contract_id", "at"], name="charge_of_contract"),
        ]


class CaseReadings(models.Model):
    """What the readings that warned of a case say now: a closing waits until they have been back in range `within_s`
    seconds, or for evidence where that will do. `back_at`: since when; None: they are not."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="readings")
    back_at = models.DateTimeField(null=True)
    within_s = models.IntegerField()
    evidence = models.BooleanField()
    at = models.DateTimeField()
