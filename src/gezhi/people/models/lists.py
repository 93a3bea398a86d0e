from django.db import models

from gezhi.lib.fields import PlaceCodeField


class ListEdition(models.Model):
    """The duty and admission lists as one change left them; editions are numbered without gaps."""

    number = models.IntegerField(unique=True)
    made_at = models.DateTimeField()
    basis = models.CharField(max_length=300)  # the file, decision or case that the change came from
    account_id = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=24, blank=True)
    added = models.IntegerField()
    ended = models.IntegerField()


class ListRow(models.Model):
    """A line of a list: in force from a day to a day, on the list from an edition until another replaced it."""

    category = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)
    law = models.CharField(max_length=200, blank=True, db_default="")
    article = models.CharField(max_length=60, blank=True, db_default="")
    edition_from = models.IntegerField(db_default=1)
    edition_to = models.IntegerField(null=True)  # None: on the newest edition

    class Meta:
        abstract = True


class Responsibility(ListRow):
    """Duty list: at this level, this duty answers for this category ("*": for all that name the duty)."""

    level = models.SmallIntegerField()
    function = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "level", "valid_from"],
                name="responsibility_once",
                condition=models.Q(edition_to=None),
            ),
        ]


class Admission(ListRow):
    """Whether matters of a category may be put on the grids of a place (准入); the nearest place rules."""

    place_code = PlaceCodeField()
    admitted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "place_code", "valid_from"],
                name="admission_once",
                condition=models.Q(edition_to=None),
            ),
        ]
