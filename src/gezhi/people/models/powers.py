from django.db import models
from django.db.models import F, Q

from gezhi.lib.fields import PlaceCodeField
from gezhi.people.models.staff import Account, Post, Role, Unit


class Delegation(models.Model):
    """The powers of a post in another's hands, from a day to a day (exclusive), until ended."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="delegations")
    to = models.ForeignKey(Account, models.PROTECT, related_name="held_for_others", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=300)
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["to", "valid_to"], name="delegation_running", condition=Q(ended_at=None))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")), name="delegation_ends_after_it_begins"
            )
        ]


class Nomination(models.Model):
    """A post that one administrator asks for and another grants or refuses."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="nominations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    place_code = PlaceCodeField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    words = models.CharField(max_length=300, blank=True)
    post_id = models.BigIntegerField(null=True)  # the post that came of it

    class Meta:
        indexes = [models.Index(fields=["place_code", "-asked_at"], name="nomination_by_place")]


class BreakGlass(models.Model):
    """An emergency look at a case or place that no post of this person reaches; reviewed afterwards."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="glass", db_index=False)
    unit_id = models.BigIntegerField(null=True)  # of the person's first post: whose leader is told
    home_code = PlaceCodeField(blank=True)  # likewise
    case_id = models.BigIntegerField(null=True)
    place_code = PlaceCodeField()  # of the case, or the place itself
    reason = models.TextField()
    salt = models.BinaryField(max_length=16)  # of the hash of `reason` in the ledger
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    review_by = models.DateTimeField()
    late_at = models.DateTimeField(null=True)  # nobody had reviewed it in time
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_id = models.BigIntegerField(null=True)
    accepted = models.BooleanField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "until"], name="glass_open", condition=Q(ended_at=None)),
            models.Index(fields=["place_code", "-at"], name="glass_by_place"),
            models.Index(
                fields=["review_by"], name="glass_to_review", condition=Q(reviewed_at=None, late_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="glass_ends_after_it_begins")
        ]
