"""The jobs that keep a node going, called as the worker calls them."""

from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from gezhi.cases.actions import request_training
from gezhi.cases.models import Case, TrainedModel
from gezhi.cases.tasks import retry_stalled, sweep_limits, train_classifier
from gezhi.notices.tasks import retry_notices
from tests.cast import DAY, WEST, Cast, reported


def test_the_sweep_job_sees_every_case_that_is_late(city: Cast) -> None:
    for grid in WEST:
        reported(grid=grid, now=timezone.now() - 20 * DAY)
    sweep_limits(timestamp=0)
    assert set(Case.objects.values_list("overdue_count", flat=True)) == {1}


def test_the_training_job_ends_in_a_state_that_a_person_can_read(city: Cast) -> None:
    train_classifier(model_id=request_training(None).pk)
    assert TrainedModel.objects.get().state == "failed"


def test_a_job_whose_worker_died_is_queued_again(city: Cast) -> None:
    request_training(None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    async_to_sync(retry_stalled.func)(timestamp=0)
    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["todo"]


def test_the_retry_job_has_nothing_to_do_on_a_quiet_day(city: Cast) -> None:
    retry_notices(timestamp=0)
