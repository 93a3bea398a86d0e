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
