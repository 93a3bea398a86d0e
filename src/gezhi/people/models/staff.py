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
    made_by_id = models.BigIntegerField(null=True)  # None: by command or import

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


class ApiToken(models.Model):
    """A key of another system. Only its SHA-256 is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30), default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to five minutes
