from django.db import models
from django.db.models import Q


class Right(models.TextChoices):
    """What a person may ask for about their own data, as the categories of the pack `rights` end."""

    COPY = "copy", "查阅、复制"
    CORRECT = "correct", "更正、补充"
    DELETE = "delete", "删除"
    WITHDRAW = "withdraw", "撤回同意"
    OBJECT = "object", "拒绝自动处理"
    EXPLAIN = "explain", "解释说明"


class Channel(models.Model):
    """A telephone number under which somebody signed in to see what is held of them. `digest` tells the number
    again once it is erased."""

    digest = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=30, blank=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()


class Code(models.Model):
    """A one-time code that was asked for. The code itself is nowhere: it follows from `nonce` and the node's secret.
    `number`: where the message goes, until the code is used; "" where nothing is held, and nothing is sent."""

    digest = models.CharField(max_length=64)  # of the number
    number = models.CharField(max_length=30, blank=True)
    nonce = models.BinaryField(max_length=16)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["digest", "-made_at"], name="code_of_number")]  # the newest; how many


class Request(models.Model):
    """What a person asked for. Its case has the steps, the limits and the answer; here is what it is about.

    `channel`, or `report_id` for whoever came with a tracking code alone. `wish`: what is asked, by field.
    `account_id`, `paper`, `standing`: who took it up at the counter, which kind of paper was looked at, and for whom
    it was asked (self, guardian, relative, agent).
    """

    case_id = models.BigIntegerField(unique=True)
    own_report_id = models.BigIntegerField(unique=True)  # the report that opened the case
    right = models.CharField(max_length=10, choices=Right)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="requests")
    report_id = models.BigIntegerField(null=True)
    wish = models.JSONField(default=dict)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    paper = models.CharField(max_length=20, blank=True)
    standing = models.CharField(max_length=10, default="self")
    done_at = models.DateTimeField(null=True)
    outcome = models.JSONField(
        default=dict
    )  # how many rows of what were done with, and what stays by which law

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="request_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__isnull=False) | Q(report_id__isnull=False), name="request_of_somebody"
            )
        ]


class Erasure(models.Model):
    """Append-only: what was erased, by ids alone, so that a restored backup is erased again. `reports`: [id, instant
    of receipt], `channel`: [id, instant of making] or null: after a restore an id may be given to another."""

    at = models.DateTimeField()
    reports = models.JSONField()
    channel = models.JSONField(null=True)
    request_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)  # table -> rows
    kept = models.JSONField(default=list)  # what stayed, and the law that says so

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="erasure_newest")]
