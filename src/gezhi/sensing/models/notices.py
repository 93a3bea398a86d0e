"""What is told to everybody at a place: by this city's own posts, or by another authority (CAP)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from gezhi.lib.fields import PlaceCodeField


class PublicNotice(models.Model):
    """One message, in Chinese and, where somebody said it so, in English. `sender` and `identifier`: its name among
    authorities (CAP 1.2). `message`: alert, update or cancel. `actual` False: an exercise or a test, never shown.
    `places`: codes of where it is told. `source`: the account by which it came; None: this node's own."""

    MESSAGES = ("alert", "update", "cancel")

    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    message = models.CharField(max_length=6)
    actual = models.BooleanField(default=True)
    level = models.SmallIntegerField()  # 0 unknown, 1 blue to 4 red
    category = models.CharField(max_length=20)  # of CAP: Met, Env, Infra ..
    event = models.CharField(max_length=200)
    event_en = models.CharField(max_length=200, blank=True)
    headline = models.CharField(max_length=300)
    headline_en = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    todo = models.TextField(blank=True)
    todo_en = models.TextField(blank=True)
    places = ArrayField(PlaceCodeField())
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # withdrawn, cancelled or updated before it expired
    warning_id = models.BigIntegerField(null=True)  # of our own, of which it tells
    source_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)  # who told it
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "identifier"], name="public_notice_once"),
            models.CheckConstraint(condition=Q(level__range=(0, 4)), name="public_notice_level"),
        ]
        indexes = [
            models.Index(fields=["-sent_at"], name="public_notice_newest"),
            models.Index(fields=["expires_at"], name="public_notice_stands", condition=Q(ended_at=None)),
            GinIndex(fields=["places"], name="public_notice_places"),
            models.Index(
                fields=["warning_id"], name="public_notice_of", condition=Q(warning_id__isnull=False)
            ),
        ]
