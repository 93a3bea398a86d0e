"""Files of readings of the past that somebody brought in."""

from django.db import models


class BackfillRun(models.Model):
    """One file on its way through the door of readings. It is removed when it was read; what it told stays."""

    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    account_id = models.BigIntegerField()
    state = models.CharField(max_length=12)  # running | done | failed
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(null=True)  # rows, about
    read = models.BigIntegerField(default=0)  # readings
    added = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-id"], name="backfill_of_account")
        ]  # one's own, newest first


class BackfillFault(models.Model):
    """A reading that was not taken, so that it can be mended and sent again. `code`: why; `field`: time, series, value
    or mark."""

    run = models.ForeignKey(BackfillRun, models.CASCADE, related_name="faults")
    row = models.BigIntegerField()
    series = models.CharField(max_length=120)
    field = models.CharField(max_length=12)
    cell = models.CharField(max_length=60)
    code = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="backfill_fault_of_run")]
