"""Alarms as they stand, the warnings that gather them, and silences."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gezhi.lib.fields import PlaceCodeField
from gezhi.packs.shapes import LEVELS

STANDS = Q(ended_at=None)


class Alarm(models.Model):
    """A series that stands at a level of a monitor: what its transitions come to. Kept in the transaction of the batch
    that moves it."""

    pk = models.CompositePrimaryKey("monitor", "datastream_id")
    monitor = models.CharField(max_length=60)
    datastream_id = models.IntegerField()
    level = models.SmallIntegerField()  # 1 blue to 4 red
    since = models.DateTimeField()
    value = models.FloatField(null=True)  # when it last moved


class SensedWarning(models.Model):
    """Alarms of one monitor in one area, which people are told of as one matter. `place_code`: what holds all of them;
    `told`: how many alarms it told of last."""

    monitor = models.CharField(max_length=60)
    area = models.CharField(max_length=80, blank=True)
    place_code = PlaceCodeField()
    level = models.SmallIntegerField()  # 0: all its alarms are muted
    peak = models.SmallIntegerField()
    told = models.IntegerField()
    raised_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    report_id = models.BigIntegerField(null=True)  # by which it speaks to the case
    case_level = models.SmallIntegerField(db_default=0)  # what its case was told last
    posts_since = models.DateTimeField(null=True)  # when posts were first told of this level
    posts_at = models.DateTimeField(null=True)  # when it was last seen whom to tell
    above_at = models.DateTimeField(null=True)  # when the posts above were told of this level

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "area"], name="sensed_warning_once", condition=STANDS),
            models.CheckConstraint(condition=Q(level__range=(0, len(LEVELS))), name="sensed_level"),
        ]
        indexes = [
            models.Index(fields=["place_code", "-level"], name="sensed_standing", condition=STANDS),
            models.Index(fields=["-raised_at"], name="sensed_newest"),
            models.Index(fields=["case_id"], name="sensed_of_case", condition=Q(case_id__isnull=False)),
        ]


class WarningMember(models.Model):
    """An alarm that a warning gathered. `muted`: why nobody is told of it: `silence:7`, or by which alarm,
    `dr-flood:12` (monitor and series)."""

    warning = models.ForeignKey(SensedWarning, models.CASCADE, related_name="members")
    datastream_id = models.IntegerField()
    level = models.SmallIntegerField()
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    muted = models.CharField(max_length=120, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warning", "datastream_id"], name="member_once", condition=Q(left_at=None)
            ),
        ]
        indexes = [models.Index(fields=["datastream_id", "-since"], name="member_of_series")]


class PostNotice(models.Model):
    """Whom a warning was told to in person, at which level, as whom. `above`: since nobody of the grid took it up."""

    warning = models.ForeignKey(SensedWarning, models.CASCADE, related_name="post_notices", db_index=False)
    level = models.SmallIntegerField()
    account_id = models.BigIntegerField()
    role = models.CharField(max_length=20)
    place_code = PlaceCodeField()
    above = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warning", "level", "account_id"], name="post_told_once"),
        ]
        indexes = [models.Index(fields=["account_id", "-at"], name="post_told_newest")]


class SilenceRow(models.Model):
    """Who wants not to be told of which alarms, why and until when (sensing/silencing.py)."""

    account_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=300)
    monitors = ArrayField(models.CharField(max_length=60), default=list)
    place_code = PlaceCodeField(blank=True)
    thing_id = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    told = models.CharField(max_length=8, blank=True, db_default="")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="silence_by_end")]
