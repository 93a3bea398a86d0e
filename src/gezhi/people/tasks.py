"""Jobs of people."""

from procrastinate.contrib.django import app


@app.periodic(cron="*/10 * * * *")
@app.task(name="people.late_reviews")
def late_reviews(timestamp: int) -> None:
    from gezhi.people.actions import mark_late_reviews

    while mark_late_reviews():
        pass


@app.periodic(cron="17 * * * *")
@app.task(name="people.forget")
def forget_what_ended(timestamp: int) -> None:
    """Sessions that are over, and wrong tries of long ago."""
    from django.utils import timezone

    from gezhi.people.actions.tries import forget_ended_sessions, forget_old_tries

    now = timezone.now()
    forget_ended_sessions(now)
    forget_old_tries(now)
