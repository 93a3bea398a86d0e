"""Deferred work of this part."""

from procrastinate.contrib.django import app

from gezhi.cases.models import ImportRun
from gezhi.exchange.backfill.actions import BACKFILL_JOB, run_backfill
from gezhi.exchange.files.actions import IMPORT_JOB, FileUnreadable, run_import
from gezhi.sensing.models import BackfillRun


@app.task(name=IMPORT_JOB, queue="slow")
def import_file(run_id: int) -> None:
    """A file that cannot be read is an end, not a failure of the job: the run says why."""
    try:
        run_import(ImportRun.objects.get(pk=run_id))
    except FileUnreadable:
        return


@app.task(name=BACKFILL_JOB, queue="slow")
def backfill_file(run_id: int) -> None:
    """As `import_file`: a file that cannot be read is an end."""
    try:
        run_backfill(BackfillRun.objects.get(pk=run_id))
    except FileUnreadable:
        return


@app.periodic(cron="10 * * * *")
@app.task(name="exchange.forget_protected", queue="slow")
def forget_protected(timestamp: int) -> None:
    """Whoever was warned of a scam, some days after the matter was closed."""
    from django.utils import timezone

    from gezhi.exchange.scam.actions.forgetting import forget_protected as forget

    forget(timezone.now())
