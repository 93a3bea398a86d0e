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
