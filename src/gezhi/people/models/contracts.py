from django.contrib.postgres.fields import ArrayField
from django.db import models

from gezhi.lib.fields import PlaceCodeField
from gezhi.people.models.staff import Unit


class PriceKind(models.TextChoices):
    PER_MATTER = "per-matter", "按件计价"
    LUMP_SUM = "lump-sum", "总价包干"


class Purchase(models.TextChoices):
    """How whoever does the work was chosen: 政府采购法 art. 26 and what the ministry added to it."""

    OPEN_TENDER = "open-tender", "公开招标"
    INVITED_TENDER = "invited-tender", "邀请招标"
    NEGOTIATION = "negotiation", "竞争性谈判"
    CONSULTATION = "consultation", "竞争性磋商"
    INQUIRY = "inquiry", "询价"
    SINGLE_SOURCE = "single-source", "单一来源采购"
    FRAMEWORK = "framework", "框架协议采购"
    BELOW_THRESHOLD = "below-threshold", "限额以下采购"


class Contract(models.Model):
    """What a contractor may handle, for whom, where, until when, at which price, and why it was chosen."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="contracts")
    ordered_by = models.ForeignKey(Unit, models.PROTECT, related_name="ordered")
    number = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField()  # the first day that no longer counts
    places = ArrayField(PlaceCodeField())
    categories = ArrayField(models.CharField(max_length=60), default=list)
    functions = ArrayField(models.CharField(max_length=60), default=list)
    price_kind = models.CharField(max_length=12, choices=PriceKind)
    cents = models.BigIntegerField()  # of one matter, or of the whole term
    quality = models.TextField(blank=True)
    method = models.CharField(max_length=20, choices=Purchase)
    candidates = ArrayField(
        models.CharField(max_length=200), default=list
    )  # who was compared, with the offer
    reason = models.TextField()  # why this one was chosen
    signed_at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)  # ended before its term: the first day that no longer counts
    end_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["valid_from", "valid_to"], name="contract_in_force")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=models.F("valid_from")), name="contract_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=models.Q(cents__gte=0), name="contract_price_not_negative"),
        ]


class QualityMark(models.Model):
    """What whoever ordered the work thinks of one case: 1 (bad) to 5 (good). Of a unit, never of a person."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="marks")
    case_id = models.BigIntegerField()
    mark = models.SmallIntegerField()
    reason = models.CharField(max_length=300)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "case_id"], name="mark_once"),
            models.CheckConstraint(condition=models.Q(mark__range=(1, 5)), name="mark_from_1_to_5"),
        ]
