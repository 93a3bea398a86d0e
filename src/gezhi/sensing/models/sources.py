"""Devices and authorities that send events, and how many of which kind came of them."""

from django.db import models
from django.db.models import Q


class EventWay(models.TextChoices):
    """How a source speaks with the node."""

    GB28181 = "gb28181"  # a video platform or device, by SIP
    CAMERA = "camera"  # an analysis of camera pictures, by HTTP
    SCAM = "scam"  # a telecom authority's notices of suspected scam calls, by HTTP


class EventSource(models.Model):
    """A registered device or authority: nobody else's events are taken.

    `key`: its own id (20 digits with GB/T 28181), part of `sensor:<key>`, the source of its reports. `account_id`:
    whose key it sends with (by HTTP). `secret`: of its digest (by SIP), sealed. `place_code`, `lon`, `lat`: where it
    looks, WGS-84; used where an event says no place. `pictures`: whether pictures of scenes are taken from it at all,
    and `picture_days`: how long they are kept.
    """

    key = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=120)
    way = models.CharField(max_length=10, choices=EventWay.choices)
    account_id = models.BigIntegerField(null=True)
    secret = models.CharField(max_length=400, blank=True)
    place_code = models.CharField(max_length=16, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    pictures = models.BooleanField(default=False)
    picture_days = models.PositiveSmallIntegerField(default=7)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # its last sign of life

    class Meta:
        indexes = [
            models.Index(fields=["account_id"], name="event_source_of_account"),  # whose key may speak for it
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="gb28181", account_id=None) & ~Q(secret="")
                | ~Q(way="gb28181") & Q(account_id__isnull=False, secret=""),
                name="event_source_proves_itself",
            ),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
                name="event_source_point_is_whole",
            ),
        ]


class EventFate(models.TextChoices):
    """What became of an event."""

    OPENED = "opened"
    JOINED = "joined"
    AGAIN = "again"  # its id was known
    HEARD = "heard"  # taken, but of a kind that no pack makes a report of
    PERSON = "person"  # said who somebody is or what they look like: refused, nothing kept
    INVALID = "invalid"
    PICTURE = "picture"  # a picture that could not be taken, or was not allowed; the event itself was taken
    MISTRUSTED = "mistrusted"  # the sender did not prove to be the source
    TOO_MANY = "too-many"


class EventTally(models.Model):
    """Counts by source, day (UTC) and fate: all that is kept of what was refused. `source` "": nobody known."""

    source = models.CharField(max_length=50, blank=True)
    day = models.DateField()
    fate = models.CharField(max_length=12, choices=EventFate.choices)
    count = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "day", "fate"], name="event_tally_once")]
        indexes = [models.Index(fields=["-day"], name="event_tally_newest")]  # what was refused lately


class Scene(models.Model):
    """A picture that came with an event: kept as a photo of the report, and no longer than its source says."""

    key = models.UUIDField(primary_key=True)
    source = models.CharField(max_length=50)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="scene_over")]  # the nightly job that removes them
