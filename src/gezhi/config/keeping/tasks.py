"""Jobs of keeping."""

from procrastinate.contrib.django import app


@app.periodic(cron="0 18 * * 6")
@app.task(name="keeping.drill", queue="slow", queueing_lock="keeping.drill", lock="keeping.drill")
def drill(timestamp: int) -> None:
    """Each week, in the night to Sunday by Chinese time, where a backup is kept."""
    from gezhi.config.keeping.actions import hold_drill
    from gezhi.config.keeping.standing import standing

    if standing().kept:
        hold_drill()


@app.periodic(cron="*/5 * * * *")
@app.task(name="keeping.watch")
def watch(timestamp: int) -> None:
    from django.utils import timezone

    from gezhi.config.keeping.actions import watch_backup

    watch_backup(timezone.now())
