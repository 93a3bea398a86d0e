from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Entry(models.Model):
    """One action, in the transaction that did it. `body` is canonical JSON (RFC 8785) without personal data:
    those appear as salted hashes only. `leaf_hash` = SHA-256(0x00 || body), the leaf of RFC 6962.
    `tree_index` is given after commit, when the entry joins the tree."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    at = models.DateTimeField()
    body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    configures = models.BooleanField(default=False)
    tree_index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="entry_by_subject"),  # the entries of one case
            models.Index(
                fields=["id"], name="entry_configures", condition=models.Q(configures=True)
            ),  # stamp
            models.Index(
                fields=["id"], name="entry_not_in_tree", condition=models.Q(tree_index=None)
            ),  # sequencing
            BrinIndex(  # the auditors' search by time; rows lie in its order
                fields=["at"], name="entry_by_time", pages_per_range=32, autosummarize=True
            ),
        ]


class Checkpoint(models.Model):
    """The tree's head at a size, as it was published. `note` is the signed note with every line that signed it so
    far: its text never changes, lines are added."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    note = models.TextField()


class LogKey(models.Model):
    """A key that signs checkpoints from an instant to an instant (null: open), as others are told of it. Its secret
    half lies in a file."""

    vkey = models.CharField(max_length=400, unique=True)
    from_at = models.DateTimeField()
    until = models.DateTimeField(null=True)


class Timestamp(models.Model):
    """What an outside authority says of when it saw a checkpoint. `note`: the very bytes that it saw."""

    size = models.BigIntegerField(unique=True)  # of the checkpoint
    note = models.TextField()
    reply = models.BinaryField()
    at = models.DateTimeField()  # by the authority's clock
    got_at = models.DateTimeField()  # by ours
    by = models.CharField(max_length=300)


class Outsider(models.Model):
    """How it stands with an authority or a witness that we ask. `size`: of the last checkpoint that it vouched for."""

    kind = models.CharField(max_length=10)  # timestamp | witness
    name = models.CharField(max_length=200)
    since = models.DateTimeField()  # first asked
    tried_at = models.DateTimeField()
    vouched_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)  # of the last try
    contradicts = models.BooleanField(default=False)  # it holds that this log told another history before

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="outsider_once")]


class WitnessedLog(models.Model):
    """A log of others that this node witnesses: the last head that it cosigned."""

    origin = models.CharField(max_length=200, unique=True)
    keys = models.TextField(blank=True)  # vkeys given by command, one a line
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32, null=True)
    note = models.TextField(blank=True)  # with our line
    cosigned_at = models.DateTimeField(null=True)


class LogFault(models.Model):
    """What a witnessed log signed and no proof connects with what it signed before: kept, since it may show that the
    log told two histories."""

    origin = models.CharField(max_length=200)
    at = models.DateTimeField()
    cosigned = models.TextField()  # the note that we had cosigned
    submitted = models.TextField()  # the request

    class Meta:
        indexes = [models.Index(fields=["origin", "-id"], name="fault_of_log")]
