from django.conf import settings
from django.db import models


class PackVersion(models.Model):
    """A published pack. Its content never changes; a case keeps the version that it was opened with."""

    name = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    published_at = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="pack_version_once"),
            models.UniqueConstraint(fields=["name"], name="pack_one_active", condition=models.Q(active=True)),
        ]


class ParameterValue(models.Model):
    """What staff have set for a parameter, in force from a day on. Never changed; a future one is withdrawn."""

    key = models.CharField(max_length=60)
    since = models.DateField()
    length = models.CharField(max_length=30, blank=True)
    number = models.FloatField(null=True)
    source = models.CharField(max_length=200)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="parameter_one_value",
                condition=models.Q(length="", number__isnull=False)
                | (~models.Q(length="") & models.Q(number__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["key", "since"],
                name="parameter_once_a_day",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
        ]
