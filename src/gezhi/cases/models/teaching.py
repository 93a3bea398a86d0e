from django.db import models


class Lesson(models.Model):
    """A text and the category that a person said is right; the classifier learns from these."""

    report_id = models.BigIntegerField(null=True)
    text = models.TextField()
    category = models.CharField(max_length=60)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class TrainedModel(models.Model):
    """A trained classifier. The newest finished one answers."""

    state = models.CharField(max_length=12)  # queued | running | done | failed
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    progress = models.FloatField(default=0)
    lessons = models.IntegerField(default=0)
    macro_f1 = models.FloatField(null=True)
    content = models.BinaryField(null=True)
    error = models.TextField(blank=True)
