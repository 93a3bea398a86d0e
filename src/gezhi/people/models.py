from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from gezhi.lib.fields import PlaceCodeField


class AccountManager(BaseUserManager["Account"]):
    pass


class Account(AbstractBaseUser):
    """A member of staff, or another system that reports."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = AccountManager()


class UnitKind(models.TextChoices):
    OFFICE = "office", "部门"
    COMMUNITY = "community", "社区（村）"
    CENTRE = "centre", "中心"
    CONTRACTOR = "contractor", "外包单位"


class Unit(models.Model):
    """A department, town hall, community, contractor or centre that can hold work."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(
        max_length=12, choices=UnitKind, default=UnitKind.OFFICE, db_default=UnitKind.OFFICE
    )
    place_code = PlaceCodeField()
    functions = ArrayField(models.CharField(max_length=60), default=list)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="unit_by_place")]


class Role(models.TextChoices):
    GRID_WORKER = "grid-worker", "网格员"
    DISPATCHER = "dispatcher", "派遣员"
    HANDLER = "handler", "处置员"
    VERIFIER = "verifier", "核查员"
    SUPERVISOR = "supervisor", "督查员"
    LEADER = "leader", "领导"
    DATA_STEWARD = "data-steward", "数据专管员"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "管理员"
    OPERATOR = "operator", "话务员"


class Post(models.Model):
    """A role at a unit and a place, held by one person from a day to a day (exclusive; null: open)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    place_code = PlaceCodeField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code", "role"], name="post_by_place")]  # who works this grid
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="post_ends_after_it_begins",
            )
        ]


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


class ApiToken(models.Model):
    """A key of another system. Only its SHA-256 is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30), default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
