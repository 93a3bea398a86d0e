from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from gezhi.lib.fields import PlaceCodeField


class Tally(models.Model):
    """What counts of a case, for a unit, at an instant (see counts.py). Follows from events and can be made anew."""

    pk = models.CompositePrimaryKey("case_id", "origin", "ref")
    case_id = models.BigIntegerField()
    origin = models.SmallIntegerField()
    ref = models.BigIntegerField()
    at = models.DateTimeField()
    unit_id = models.BigIntegerField(null=True)
    place_code = PlaceCodeField()
    category = models.CharField(max_length=60)
    flags = models.BigIntegerField()
    minutes = models.IntegerField(null=True)
    appealed = models.BooleanField(default=False)  # an appeal was accepted: not counted for the unit

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "at"], name="tally_of_unit"),
            models.Index(fields=["place_code", "at"], name="tally_of_place"),
            BrinIndex(fields=["at"], name="tally_by_time", autosummarize=True),  # all of a period
        ]


class Presence(models.Model):
    """The post of a grid was in the grid on this day: it reported from there, or finished a round."""

    pk = models.CompositePrimaryKey("place_code", "day")
    place_code = PlaceCodeField()
    day = models.DateField()


class TallyMark(models.Model):
    """How far events are tallied. `gaps`: ids below `event_id` that were given but not committed when last looked."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    event_id = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)  # [[low, high, since], ...], both ends included
    at = models.DateTimeField(null=True)


class Appeal(models.Model):
    """A unit says that a case is not its to answer for (申诉)."""

    case_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    reason = models.TextField()
    evidence = models.TextField(blank=True)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")  # open | accepted | refused
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="appeal_queue"),
            models.Index(fields=["unit_id", "-id"], name="appeal_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "unit_id"],
                name="appeal_one",
                condition=models.Q(state__in=["open", "accepted"]),
            ),
        ]


class Bulletin(models.Model):
    """A published appraisal of a period (考核通报): the figures as they stood then. Never changes."""

    appraisal = models.CharField(max_length=60)
    period = models.CharField(max_length=10)  # 2026-07, 2026-W28, 2026-07-06
    made_at = models.DateTimeField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)  # of the content's canonical JSON
    xlsx = models.BinaryField(null=True)
    pdf = models.BinaryField(null=True)
    account_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "period"], name="bulletin_once"),
        ]
