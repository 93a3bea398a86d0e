"""Whence readings come that no key of an account brings: stations that call, brokers that are called; and the sign of
life of the process that hears them."""

from django.db import models
from django.db.models import Q

from gezhi.sensing.models.things import Thing


class FeedWay(models.TextChoices):
    """How readings are brought."""

    HJ212 = "hj212"  # a station that calls by TCP
    MQTT = "mqtt"  # a broker whose messages are read


class Feed(models.Model):
    """A station or a broker that is heard. Ended, it stays as a row; its key may be used again.

    `key`: its MN, or the name that a broker goes by here. `options`: what its adapter has to know, without secrets
    (exchange/feeds/shapes.py). `secret`: sealed, of a station PW and SM4 key, of a broker the password. `thing`: whose
    datastreams a station's factors are; None: of a broker, whose messages name their things."""

    way = models.CharField(max_length=10, choices=FeedWay.choices)
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    options = models.JSONField(default=dict)
    secret = models.CharField(max_length=600, blank=True)
    thing = models.ForeignKey(Thing, models.CASCADE, null=True, related_name="feeds")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # the process that hears them looks for the newest

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["way", "key"], name="feed_once", condition=Q(is_active=True)),
            models.CheckConstraint(
                condition=Q(way="hj212", thing__isnull=False) | ~Q(way="hj212") & Q(thing=None),
                name="feed_of_a_station_has_a_thing",
            ),
        ]
        indexes = [models.Index(fields=["-changed_at"], name="feed_newest")]  # whether anything changed


class Pulse(models.Model):
    """The last sign of life of a process, and what it counted since it began."""

    process = models.CharField(max_length=20, primary_key=True)
    begun_at = models.DateTimeField()
    at = models.DateTimeField()
    counted = models.JSONField(default=dict)
