"""Jobs of security."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="security.watch", queueing_lock="security.watch", lock="security.watch")
def watch(timestamp: int) -> None:
    """The node's own state becomes signals, signals become warnings, warnings open cases."""
    from gezhi.security.actions import notice_state, take_up_warnings, watch

    notice_state()
    try:
        watch()
    finally:
        take_up_warnings()


@app.periodic(cron="10 4 * * *")
@app.task(name="security.verify_ledger", queue="slow", lock="security.verify_ledger")
def verify_ledger(timestamp: int) -> None:
    from gezhi.security.actions import verify_ledger

    verify_ledger()
