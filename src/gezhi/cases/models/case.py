from django.db import models
from django.db.models import Q

from gezhi.lib.fields import PlaceCodeField

OPEN = Q(is_open=True)


class Case(models.Model):
    """The matter itself. All columns below `title` are read copies derived from its events."""

    number = models.CharField(max_length=24)
    pack_version_id = models.BigIntegerField()
    procedure = models.CharField(max_length=60)
    category = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=60)
    is_open = models.BooleanField()
    place_code = PlaceCodeField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    state_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    unit_id = models.BigIntegerField(null=True)
    suggested_unit_id = models.BigIntegerField(null=True)
    confidence = models.FloatField(null=True)
    report_count = models.IntegerField(default=1)
    reopen_count = models.SmallIntegerField(default=0)
    overdue_count = models.SmallIntegerField(default=0)
    overdue_at = models.DateTimeField(null=True)
    rating = models.SmallIntegerField(null=True)
    merged_into_id = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1)
    match_key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="case_number")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="case_due", condition=OPEN),  # what is due first
            models.Index(
                fields=["opened_at", "id"], name="case_open", condition=OPEN
            ),  # since when any is open
            models.Index(fields=["category", "opened_at", "id"], name="case_open_category", condition=OPEN),
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),  # all cases, newest first
            models.Index(
                fields=["place_code", "-opened_at", "-id"], name="case_by_place"
            ),  # one place's cases
            models.Index(fields=["category", "-opened_at", "-id"], name="case_by_category"),
            models.Index(
                fields=["state", "due_at", "id"], name="case_queue", condition=OPEN
            ),  # queues by state
            models.Index(fields=["unit_id", "due_at", "id"], name="case_unit_queue", condition=OPEN),
            models.Index(
                fields=["due_at"], name="case_sweep", condition=Q(due_at__isnull=False, overdue_at=None)
            ),
            models.Index(fields=["match_key", "category", "-occurred_at"], name="case_match", condition=OPEN),
        ]


class CaseEvent(models.Model):
    """Append-only: what happened to a case; at once history, outbox and statistics."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    at = models.DateTimeField()
    transition = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    from_state = models.CharField(max_length=60, blank=True)
    to_state = models.CharField(max_length=60)
    account_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=20)
    unit_id = models.BigIntegerField(null=True)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=16)  # of the hash of `text` in the ledger

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_seq")]


class Assignment(models.Model):
    """A unit's share of a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments", db_index=False)
    unit_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12)  # open | received | finished | returned | cancelled
    assigned_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="assignment_of_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="assignment_one_active", condition=Q(state__in=["open", "received"])
            )
        ]
