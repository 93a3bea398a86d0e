from django.db import models


class CalendarDay(models.Model):
    """A day that works or rests by an imported notice (法定节假日, 调休)."""

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    source = models.CharField(max_length=200)


class SavedView(models.Model):
    """A list's filters under a name, of one person."""

    account_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "name"], name="view_once")]
