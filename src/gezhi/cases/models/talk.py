"""What staff say among themselves, what they use to say it, and what each has seen."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Note(models.Model):
    """Said among colleagues on a case (内部备注). No reporter, document or other system of reporters ever reads it."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="notes", db_index=False)
    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    text = models.TextField()  # "" once deleted
    salt = models.BinaryField(max_length=16)  # of the hash of `text` in the ledger
    mentions = ArrayField(models.BigIntegerField(), default=list)  # accounts
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="note_of_case")]


class Mention(models.Model):
    """A colleague was named in a note (提及)."""

    note = models.ForeignKey(Note, models.PROTECT, related_name="mentioned", db_index=False)
    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "account_id"], name="mention_once")]
        indexes = [models.Index(fields=["account_id", "-at"], name="mention_of_account")]


class Phrase(models.Model):
    """A ready answer (常用语) of a unit, or of all (unit None), for steps of a kind ("": all). Never changed: a new
    version ends the old one."""

    unit_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=40)
    text = models.CharField(max_length=1000)
    version = models.IntegerField(default=1)
    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "kind", "title"],
                name="phrase_once",
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
            )
        ]


class Seen(models.Model):
    """Up to when a person has seen what the inbox tells."""

    account_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
