from django.db import models


class Notice(models.Model):
    """One answer to one reporter. Queued in the transaction that caused it, sent once by a job."""

    subject = models.CharField(max_length=80)  # "report:<id>"
    case_id = models.BigIntegerField()
    report_id = models.BigIntegerField()
    to = models.CharField(max_length=40, blank=True)
    transport = models.CharField(max_length=12)  # portal | sms
    message = models.CharField(max_length=60)
    text = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["report_id", "id"], name="notice_of_report"),  # what a reporter was told
            models.Index(
                fields=["id"], name="notice_unsent", condition=models.Q(sent_at=None)
            ),  # the sending job
        ]
