from django.contrib.postgres.indexes import BrinIndex
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
    held_code = PlaceCodeField(blank=True, db_default="")  # whose centre holds it; "": the place's own
    limits = models.CharField(max_length=60, blank=True, db_default="")  # set by a rule; "": the category's
    function = models.CharField(max_length=60, blank=True, db_default="")  # likewise
    parent_id = models.BigIntegerField(null=True)
    open_children = models.SmallIntegerField(db_default=0)
    clock_left = models.IntegerField(null=True)  # minutes of the limit left when the clock was stopped
    wake_at = models.DateTimeField(null=True)  # the next mark of a watch besides the limit itself
    watched = models.SmallIntegerField(db_default=0)  # marks of this state that have passed
    card = models.SmallIntegerField(db_default=0)  # 0 none, 1 yellow, 2 red, since it was opened last
    ordered = models.BooleanField(db_default=False)  # an order waits for an answer
    asked = models.JSONField(null=True)  # a step that waits for approval
    source = models.CharField(
        max_length=20, blank=True, db_default=""
    )  # of its first report; "": of another case

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
            models.Index(fields=["wake_at"], name="case_wake", condition=Q(wake_at__isnull=False)),
            models.Index(
                fields=["place_code", "id"], name="case_asked", condition=Q(asked__isnull=False)
            ),  # what waits for approval
            models.Index(fields=["parent_id"], name="case_child", condition=Q(parent_id__isnull=False)),
            models.Index(  # what is open where, how late and with whom, read from the index alone
                fields=["place_code", "due_at"],
                name="case_open_place",
                condition=OPEN,
                include=["unit_id", "pack_version_id", "procedure", "state", "card"],
            ),
            models.Index(  # what is open in a small box of the map
                fields=["lon", "lat"], name="case_open_point", condition=OPEN
            ),
            models.Index(
                fields=["closed_at"], name="case_closed", condition=Q(closed_at__isnull=False)
            ),  # what was closed since
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
        indexes = [
            models.Index(  # which cases go round
                fields=["case"], name="event_circle", condition=Q(kind__in=["return", "transfer", "split"])
            ),
            BrinIndex(fields=["at"], name="event_by_time", autosummarize=True),  # a day told again
        ]


class Assignment(models.Model):
    """A unit's share of a case. One unit leads; others were whistled or handle jointly."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments", db_index=False)
    unit_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, default="lead")  # lead | whistle | joint
    state = models.CharField(max_length=12)  # open | received | finished | returned | cancelled
    assigned_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # of partners: to report in by
    absent_at = models.DateTimeField(null=True)  # the limit passed and nobody had reported in
    received_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    contract_id = models.BigIntegerField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="assignment_of_case"),
            models.Index(fields=["unit_id", "-assigned_at"], name="assignment_of_unit"),  # what is new to it
            models.Index(  # what partners have to do
                fields=["unit_id", "case"],
                name="assignment_of_partner",
                condition=Q(state__in=["open", "received"]) & ~Q(kind="lead"),
            ),
            models.Index(
                fields=["due_at"],
                name="assignment_sweep",
                condition=Q(state="open", absent_at=None, due_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                name="assignment_one_lead",
                condition=Q(state__in=["open", "received"], kind="lead"),
            ),
            models.UniqueConstraint(
                fields=["case", "unit_id"],
                name="assignment_one_of_unit",
                condition=Q(state__in=["open", "received"]),
            ),
        ]


class Supervision(models.Model):
    """A card or an order that a unit was given in a case (督办)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="supervisions", db_index=False)
    seq = models.IntegerField()
    level = models.CharField(max_length=10)  # yellow | red | order
    unit_id = models.BigIntegerField(null=True)  # None: whoever dispatches
    account_id = models.BigIntegerField(null=True)  # None: the system
    reason = models.TextField()
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    overdue_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="supervision_of_case"),
            models.Index(fields=["unit_id", "-at"], name="supervision_of_unit"),
            models.Index(
                fields=["due_at"],
                name="supervision_sweep",
                condition=Q(due_at__isnull=False, answered_at=None, overdue_at=None),
            ),
        ]
