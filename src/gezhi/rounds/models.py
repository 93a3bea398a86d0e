from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right

from gezhi.lib.fields import PlaceCodeField
from gezhi.lib.numbers import KEPT


class Subject(models.Model):
    """What is called at: a door, never a person. A subject of the kind `grid` is the grid itself.

    `place_code`: the grid (or village) that it lies in. `code`: its number in the list that it came from.
    """

    kind = models.CharField(max_length=10)  # house | household | shop | site | grid
    code = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    place_code = PlaceCodeField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "place_code", "id"], name="subject_by_place"),  # generation, lists
            models.Index(fields=["place_code", "id"], name="subject_in_place"),  # the list of every kind
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="subject_once", condition=~Q(code="")),
            models.UniqueConstraint(
                fields=["place_code"], name="subject_grid_once", condition=Q(kind="grid")
            ),
        ]


class PlanSetting(models.Model):
    """Whether a plan is in force in a place; the nearest place upward rules. History is in the ledger."""

    plan = models.CharField(max_length=60)
    place_code = PlaceCodeField()
    is_on = models.BooleanField()
    since = models.DateField()
    account_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "place_code"], name="plan_setting_once"),
        ]


class Round(models.Model):
    """One patrol or visit of a plan, due from `opens_at` (inclusive) to `due_at` (exclusive).

    Of the way walked only its summary is kept: how many positions, how many metres.
    """

    plan = models.CharField(max_length=60)
    pack_version_id = models.BigIntegerField()
    place_code = PlaceCodeField()
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="rounds", db_index=False)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="due", db_default="due")  # due | done | missed | skipped
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    account_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, db_default="")  # why it was skipped
    points = models.IntegerField(db_default=0)
    metres = models.IntegerField(db_default=0)
    photos = ArrayField(models.UUIDField(), default=list, db_default=[])
    answers = models.JSONField(default=dict, db_default={})
    found = ArrayField(models.CharField(max_length=24), default=list, db_default=[])  # numbers of cases

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "place_code", "opens_at"], name="patrol_once", condition=Q(subject=None)
            ),
            models.UniqueConstraint(
                fields=["plan", "subject", "opens_at"], name="visit_once", condition=~Q(subject=None)
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("opens_at")), name="round_ends_after_it_begins"),
        ]
        indexes = [
            models.Index(  # what is due on a worker's grids
                fields=["place_code", "due_at"], name="round_due_here", condition=Q(state="due")
            ),
            models.Index(fields=["due_at"], name="round_due", condition=Q(state="due")),  # the sweep
            models.Index(fields=["subject", "-due_at"], name="round_of_subject"),
            models.Index(fields=["plan", "due_at", "place_code", "state"], name="round_coverage"),
            models.Index(fields=["due_at", "id"], name="round_by_time"),  # the desk's list
            models.Index(  # my week
                fields=["account_id", "-ended_at"], name="round_by_worker", condition=~Q(account_id=None)
            ),
        ]


class Known(models.Model):
    """The value of an element of a subject, from `since` until it was replaced (`until`; null: it holds).

    `confirmed_at`: when somebody last saw that it is still so. `source`: round:ID, list:NAME or desk.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="known", db_index=False)
    element = models.CharField(max_length=60)
    value = models.JSONField()
    since = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    source = models.CharField(max_length=60)
    account_id = models.BigIntegerField(null=True)
    number = models.GeneratedField(  # as lib.numbers.number_key: a person asks for what is known under theirs
        expression=Right(
            models.Func(
                models.Func(models.F("value"), template="%(expressions)s #>> '{}'"),
                models.Value("[^0-9]"), models.Value(""), models.Value("g"),
                function="regexp_replace",
            ),
            KEPT,
        ),
        output_field=models.CharField(max_length=KEPT),
        db_persist=True,
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "element"], name="known_once", condition=Q(until=None)
            ),  # also: what holds of a subject
        ]
        indexes = [
            models.Index(fields=["subject", "element", "-since"], name="known_history"),
            models.Index(  # subjects that a plan picks by an element
                fields=["element", "subject"], name="known_of_element", condition=Q(until=None)
            ),
            models.Index(fields=["number"], name="known_by_number", condition=~Q(number="")),
        ]
