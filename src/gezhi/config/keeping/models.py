from django.db import models


class Drill(models.Model):
    """A restoring for a try: what came of it. `behind_s`: how much younger the node was than its newest copy;
    `fault`: why it failed, "" when it did not."""

    at = models.DateTimeField()
    ok = models.BooleanField()
    seconds = models.FloatField()
    behind_s = models.FloatField()
    copy = models.CharField(max_length=20)
    rows = models.BigIntegerField()
    entries = models.BigIntegerField()
    files = models.BigIntegerField()
    bytes = models.BigIntegerField()
    fault = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="drill_newest")]
