from django.contrib.postgres.fields import ArrayField
from django.db import models


class Export(models.Model):
    """A file that left by somebody's hand: who took what, when, for which purpose; and by what a part of it is known
    again. `mark` decides how its values were rounded, `cells` and `pairs` are its fingerprint (see fingerprints.py):
    hashes under a key that is not in the database."""

    number = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    route = models.CharField(max_length=60)  # the page or call that gave it
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=20)
    format = models.CharField(max_length=8)
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=120), default=list)
    rows = models.IntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    mark = models.BinaryField(max_length=16)
    cells = models.BinaryField()
    pairs = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="export_newest"),  # the list; and the drill, newest first
            models.Index(fields=["account_id", "-at"], name="export_of_account"),
            models.Index(fields=["sha256"], name="export_by_sha256"),  # the very file
        ]


class RaisedWarning(models.Model):
    """A rule's count reached a level for an account, an address or the node: one row from its beginning to its end.
    It concerns events there, and says nothing of a person."""

    rule = models.CharField(max_length=60)
    by = models.CharField(max_length=8)  # account | address | node
    group = models.CharField(max_length=60, blank=True)  # the account's id, the address; "": the node
    level = models.SmallIntegerField()  # 1 blue, 2 yellow, 3 orange, 4 red: the highest that it reached
    number = models.BigIntegerField()  # what the rule counted last
    began_at = models.DateTimeField()
    level_at = models.DateTimeField()
    last_at = models.DateTimeField()  # of its newest signal
    ended_at = models.DateTimeField(null=True)
    signal_count = models.IntegerField(default=0)  # those that were joined to it
    acknowledged_by = models.BigIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    muted_by = models.BigIntegerField(null=True)
    muted_until = models.DateTimeField(null=True)
    mute_reason = models.CharField(max_length=500, blank=True)
    case_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "group"], name="warning_stands_once", condition=models.Q(ended_at=None)
            ),
            models.CheckConstraint(condition=models.Q(level__range=(1, 4)), name="warning_level"),
        ]
        indexes = [
            models.Index(fields=["rule", "-last_at"], name="warning_of_rule"),  # what stands, or ended lately
            models.Index(fields=["-began_at", "-id"], name="warning_newest"),
            models.Index(
                fields=["case_id"], name="warning_of_case", condition=models.Q(case_id__isnull=False)
            ),
        ]


class JoinedSignal(models.Model):
    """A signal that a warning rests on. The signal itself is kept by people, append-only."""

    warning = models.ForeignKey(RaisedWarning, models.CASCADE, related_name="joined")
    signal_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warning", "signal_id"], name="signal_joined_once")]
        indexes = [models.Index(fields=["signal_id"], name="warnings_of_signal")]


class Watched(models.Model):
    """When the rules were last gone through: whoever looks at the page sees whether anybody watches."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    rules = models.IntegerField()
    milliseconds = models.IntegerField()


class OutsideSignal(models.Model):
    """By which name another system sent a signal: what it sends again is known."""

    account_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    signal_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="outside_signal_once")]
