from django.contrib.postgres.fields import ArrayField
from django.db import models


class Export(models.Model):
    """A file that left by somebody's hand: who took what, when, for which purpose; and by what a part of it is known
    again. `mark` decides how its values were rounded, `cells` and `pairs` are its fingerprint (see fingerprints.py):
    hashes under a key that is not in the database."""

    number = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    route = models.CharField(max_length=60)  # the page or call that gave it
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=20)
    format = models.CharField(max_length=8)
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=120), default=list)
    rows = models.IntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    mark = models.BinaryField(max_length=16)
    cells = models.BinaryField()
    pairs = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="export_newest"),  # the list; and the drill, newest first
            models.Index(fields=["account_id", "-at"], name="export_of_account"),
            models.Index(fields=["sha256"], name="export_by_sha256"),  # the very file
        ]
