"""What is expected of series: the models that say it, and what they said."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class TrainedForecast(models.Model):
    """A forecaster (forecasting/keeping.py) for one property of one kind of things, or why none could be made.

    `series`: the datastreams that it speaks of, in its order. `skills`: one for each lead time, what it said over the
    hours from `tested_from` to `tested_until`, which it had not learned from. `content`: None once a newer one was
    kept long enough."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=40)  # of the property
    made_at = models.DateTimeField()
    threshold = models.FloatField()
    series = ArrayField(models.IntegerField(), default=list)
    content = models.BinaryField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    tested_from = models.DateTimeField(null=True)
    tested_until = models.DateTimeField(null=True)
    skills = models.JSONField(default=list)
    fault = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "code", "-made_at"], name="forecaster_newest")]


class ForecastRow(models.Model):
    """What was said at `made_at` of the hour that begins at `due_at`: the middle, an interval that holds nine of ten,
    the chance that the threshold is passed (None above it already), and whether that is a warning."""

    pk = models.CompositePrimaryKey("datastream_id", "made_at", "hours")
    datastream_id = models.IntegerField()
    made_at = models.DateTimeField()
    hours = models.SmallIntegerField()
    due_at = models.DateTimeField()
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    chance = models.FloatField(null=True)
    warns = models.BooleanField()
    by = models.ForeignKey(TrainedForecast, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        db_table = "sensing_forecast"
        indexes = [
            models.Index(fields=["due_at"], name="forecast_due")
        ]  # what is due now; the job that forgets
