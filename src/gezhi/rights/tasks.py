"""Jobs of personal rights."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.task(name="rights.send_code", retry=RetryStrategy(max_attempts=3, wait=5))
def send_code(code_id: int) -> None:
    from gezhi.rights.actions import send_code as send

    send(code_id)


@app.task(name="rights.carry_out", retry=RetryStrategy(max_attempts=20, exponential_wait=3))
def carry_out(case_id: int) -> None:
    from gezhi.rights.actions import carry_out_when_fresh as carry

    carry(case_id)


@app.task(name="rights.finish_erasing", retry=RetryStrategy(max_attempts=20, exponential_wait=3))
def finish_erasing(erasure_id: int, photos: list[str], papers: list[str], uploads: list[str]) -> None:
    from gezhi.rights.actions.leaving import finish

    finish(erasure_id, photos, papers, uploads)


@app.task(name="rights.forget_samples", queue="slow", queueing_lock="rights.forget_samples")
def forget_samples() -> None:
    from gezhi.rights.actions.leaving import forget_samples as forget

    forget()


@app.task(name="rights.forget_request", retry=RetryStrategy(max_attempts=20, exponential_wait=3))
def forget_request(request_id: int) -> None:
    from gezhi.rights.actions import forget_request as forget

    forget(request_id)


@app.periodic(cron="40 3 * * *")
@app.task(name="rights.keep_no_longer", queue="slow")
def keep_no_longer(timestamp: int) -> None:
    from gezhi.rights.actions import keep_no_longer as keep

    keep()
