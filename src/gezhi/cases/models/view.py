from django.db import models


class SavedView(models.Model):
    """A list's filters under a name, of one person."""

    account_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "name"], name="view_once")]
