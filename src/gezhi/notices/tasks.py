"""Jobs of notices."""

from procrastinate.contrib.django import app


@app.task(name="notices.send", pass_context=False)
def send_notices() -> None:
    from django.utils import timezone

    from gezhi.notices.actions import send_some

    while send_some(timezone.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="notices.retry")
def retry_notices(timestamp: int) -> None:
    """Notices whose job died with its worker, or that the gateway refused, are tried again every minute."""
    send_notices()
