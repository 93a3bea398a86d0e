from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Right

from gezhi.lib.fields import PlaceCodeField
from gezhi.lib.numbers import KEPT


class Report(models.Model):
    """What one source said once. (source, source_id) is said once only."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="reports", db_index=False)
    source = models.CharField(
        max_length=60
    )  # portal | hotline | agent | field | api:<account> | open311:<account> | file:<name>
    source_id = models.CharField(max_length=120)
    tracking_code = models.CharField(max_length=16)
    text = models.TextField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    place_code = PlaceCodeField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=60, blank=True)  # as the source gave it
    language = models.CharField(max_length=10, default="zh-hans")
    submitted_by_id = models.BigIntegerField(null=True)
    attributes = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    rating = models.SmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)
    rating_text = models.TextField(blank=True)
    salt = models.BinaryField(max_length=16)
    words = SearchVectorField()  # of text and address; here since cases change often and reports do not

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="report_once"),
            models.UniqueConstraint(fields=["tracking_code"], name="report_by_code"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="report_words"),  # search
            models.Index(fields=["case", "id"], name="report_of_case"),
            models.Index(fields=["received_at", "id"], name="report_by_time"),
            models.Index(  # what Open311 shows to anyone
                fields=["received_at", "id"],
                name="report_of_open311",
                condition=models.Q(source__startswith="open311:"),
            ),
        ]


class Reporter(models.Model):
    """Who said a report, where anything is known. Behind the second wall: a session reads only the rows within its
    reach (gezhi.lib.reach), which the policy finds by the report's case. Without a foreign key, for bulk intake."""

    report_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.CharField(max_length=200, blank=True)
    number = models.GeneratedField(  # by which the phone is known however it was typed, as lib.numbers.number_key
        expression=Right(
            models.Func(
                models.F("phone"), models.Value("[^0-9]"), models.Value(""), models.Value("g"),
                function="regexp_replace",
            ),
            KEPT,
        ),
        output_field=models.CharField(max_length=KEPT),
        db_persist=True,
    )  # fmt: skip
    objects: ClassVar[models.Manager["Reporter"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(  # what a caller said before
                fields=["number", "-report_id"], name="reporter_by_number", condition=~models.Q(number="")
            ),
        ]


class Evidence(models.Model):
    """A photo that proves. Stored re-encoded and without EXIF; what EXIF said is kept here."""

    key = models.UUIDField(unique=True)
    case_id = models.BigIntegerField(null=True)
    report_id = models.BigIntegerField(null=True)
    event_seq = models.IntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    original_sha256 = models.CharField(max_length=64)  # of what arrived
    captured_sha256 = models.CharField(
        max_length=64, blank=True, db_default=""
    )  # before it left its device, as that says
    captured_at = models.DateTimeField(null=True)  # by the device's clock
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    taken_at = models.DateTimeField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    stored_at = models.DateTimeField()
    kind = models.CharField(max_length=10, db_default="photo")  # photo | file
    look = models.BinaryField(max_length=32, null=True)  # perceptual hash, 256 bits
    look_bands = ArrayField(models.IntegerField(), null=True)  # its 16-bit bands, each with its number

    class Meta:
        indexes = [
            GinIndex(  # pictures that look alike; a list of pending entries would be read once for every word
                fields=["look_bands"],
                name="evidence_look",
                condition=models.Q(look_bands__isnull=False),
                fastupdate=False,
            ),
            models.Index(
                fields=["case_id", "id"], name="evidence_of_case", condition=~models.Q(case_id=None)
            ),
        ]


class ImportRun(models.Model):
    """One file of reports on its way through the intake door."""

    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    account_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12)  # checked | running | done | failed
    mapping = models.JSONField()
    path = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    total = models.IntegerField(null=True)
    read = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    error = models.TextField(blank=True)


class ImportRow(models.Model):
    """One fault of one row, so that it can be mended and sent again."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="faults")
    row = models.IntegerField()
    field = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    problem = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="fault_of_run")]
