"""Days of readings that lie in files."""

from django.db import models


class ArchivedDay(models.Model):
    """A day (UTC) whose readings are in a file below the data folder. While the row is there the file is; what came for
    the day later stands in the table, until it is put into a new file. `holds`: the series in it, bit by bit
    (archive.held_bits)."""

    day = models.DateField(primary_key=True)
    file = models.CharField(max_length=60)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    holds = models.BinaryField()
    made_at = models.DateTimeField()
