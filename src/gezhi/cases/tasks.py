"""Jobs of cases."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="cases.sweep")
def sweep_limits(timestamp: int) -> None:
    from gezhi.cases.actions import sweep

    while sweep():
        pass


@app.task(name="cases.train", queue="slow")
def train_classifier(model_id: int) -> None:
    from gezhi.cases.actions import train

    train(model_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Jobs whose worker died with them in hand are queued again."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.task(name="cases.make_document", retry=RetryStrategy(max_attempts=20, exponential_wait=3))
def make_document(document_id: int) -> None:
    from gezhi.cases.actions import make_document as make

    make(document_id)
