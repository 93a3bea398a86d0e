"""Things in the city and what they measure: the entities of OGC SensorThings (18-088), each bound to a place.

`place_code` and `unit_id` say who reaches a row; a datastream copies both from its thing. Nothing here speaks of
people: a thing stands at a place, and a home is named by nobody's name.
"""

from django.db import models
from django.db.models import F, Q

from gezhi.lib.fields import PlaceCodeField


class Placed(models.Model):
    """`unit_id`: the unit that answers for it; None: whoever's posts reach the place."""

    place_code = PlaceCodeField()
    unit_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)  # the account that made it

    class Meta:
        abstract = True


class Located(models.Model):
    """The box around a geometry, WGS 84 degrees; of a point both corners are the point. None: it has no position."""

    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        abstract = True


class Thing(Placed):
    """A device or station. `key`: what its own system calls it, unique where it has one. `kind`: the word of packs
    (manhole, lamp, air-station). `part_code`: the 17 digits of the city part that it is (GB/T 30428.2). The days of
    `calibrate_days` and `service_days` are the plan, the dates when it was last done."""

    key = models.CharField(max_length=80, blank=True, db_default="")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)
    kind = models.CharField(max_length=40, blank=True, db_default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    part_code = models.CharField(max_length=17, blank=True, db_default="")
    installed_on = models.DateField(null=True)
    calibrate_days = models.IntegerField(null=True)
    calibrated_on = models.DateField(null=True)
    service_days = models.IntegerField(null=True)
    serviced_on = models.DateField(null=True)
    locations: "models.ManyToManyField[Location, models.Model]" = models.ManyToManyField(
        "Location", related_name="things"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="thing_once", condition=~Q(key="")),
        ]
        indexes = [
            models.Index(fields=["place_code", "id"], name="thing_in_place"),  # a page per place, reach
            models.Index(fields=["unit_id", "id"], name="thing_of_unit", condition=~Q(unit_id=None)),
            models.Index(
                fields=["kind", "place_code"], name="thing_of_kind", condition=~Q(kind="")
            ),  # monitors
            models.Index(fields=["part_code"], name="thing_of_part", condition=~Q(part_code="")),
        ]


class Location(Placed, Located):
    """Where things are or were. `location`: GeoJSON, or a text of another encoding."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)
    encoding_type = models.CharField(max_length=120)
    location = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["place_code", "id"], name="location_in_place")]


class HistoricalLocation(models.Model):
    """Where a thing was from `time` on."""

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="history", db_index=False)
    time = models.DateTimeField()
    locations = models.ManyToManyField(Location, related_name="history")

    class Meta:
        indexes = [models.Index(fields=["thing", "-time"], name="history_of_thing")]


class Sensor(models.Model):
    """The procedure or instrument; the same for many datastreams."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)
    encoding_type = models.CharField(max_length=120)
    metadata = models.JSONField()
    account_id = models.BigIntegerField(null=True)


class ObservedProperty(models.Model):
    """What is measured. `code`: the word of packs (pm25, level), "" where no pack speaks of it."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)
    definition = models.CharField(max_length=500)
    code = models.CharField(max_length=40, blank=True, db_default="")
    account_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["code"], name="property_by_code", condition=~Q(code=""))]


class FeatureOfInterest(Placed, Located):
    """What a reading is of: by itself the place of its thing. `location`: the one that it was made from."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)
    encoding_type = models.CharField(max_length=120)
    feature = models.JSONField()
    location = models.ForeignKey(
        Location, models.SET_NULL, null=True, db_index=False, related_name="features"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location"], name="feature_once", condition=~Q(location=None)),
        ]
        indexes = [models.Index(fields=["place_code", "id"], name="feature_in_place")]


class Datastream(Placed):
    """A series of readings of one property by one sensor at one thing; its id is the series' number, dense from 1.

    `low`, `high`: physical limits in `unit`; beyond them a reading is marked. `max_step`: the largest change a minute.
    `every_s`: seconds between readings; `silent_after_s`: seconds after which it is silent. `keep_days`: of readings,
    None: the city's own. `code`: the national factor code (a34004 is PM2.5, HJ 524). `feature`: of readings that name
    none, since the newest span."""

    MOST = 2**22 - 1  # of an id: an observation's id has 22 bits for it

    id = models.AutoField(primary_key=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="datastreams", db_index=False)
    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="datastreams")
    observed_property = models.ForeignKey(ObservedProperty, models.PROTECT, related_name="datastreams")
    key = models.CharField(max_length=80, blank=True, db_default="")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)
    unit = models.JSONField()  # name, symbol, definition
    observation_type = models.CharField(max_length=120)
    observed_area = models.JSONField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    max_step = models.FloatField(null=True)
    every_s = models.IntegerField(null=True)
    silent_after_s = models.IntegerField(null=True)
    keep_days = models.IntegerField(null=True)
    code = models.CharField(max_length=20, blank=True, db_default="")
    feature = models.ForeignKey(
        FeatureOfInterest, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "key"], name="datastream_once", condition=~Q(key="")),
            models.CheckConstraint(condition=Q(id__gt=0, id__lt=2**22), name="series_has_22_bits"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")), name="low_is_below_high"
            ),
        ]
        indexes = [
            models.Index(fields=["thing", "id"], name="datastream_of_thing"),
            models.Index(fields=["place_code", "id"], name="datastream_in_place"),
            models.Index(fields=["code"], name="datastream_by_code", condition=~Q(code="")),  # factor codes
        ]


class FeatureSpan(models.Model):
    """Of which feature a datastream's readings are that name none: those with `since` <= time < `until`."""

    datastream = models.ForeignKey(Datastream, models.CASCADE, related_name="spans", db_index=False)
    feature = models.ForeignKey(FeatureOfInterest, models.CASCADE, related_name="spans")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["datastream", "since"], name="span_once")]
