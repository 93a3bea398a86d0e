"""Jobs of insight."""

from procrastinate.contrib.django import app

AGAIN = 10  # minutes


@app.periodic(cron="*/3 * * * *")
@app.task(name="insight.tally", queue="slow", queueing_lock="insight.tally", lock="insight.tally")
def tally(timestamp: int) -> None:
    from gezhi.insight.actions.tallying import MOST_EVENTS, tally_new

    while tally_new() >= MOST_EVENTS // 10:
        pass


@app.periodic(cron="30 20 * * *")
@app.task(name="insight.publish", queue="slow")
def publish(timestamp: int) -> None:
    """Bulletins of the months and weeks that are over; while nobody outside vouches for the ledger, later."""
    from django.utils import timezone

    from gezhi.insight.actions.bulletins import AlreadyPublished, publish_bulletin
    from gezhi.insight.queries.bulletins import due_bulletins
    from gezhi.people.actions.sealing import is_stale

    if is_stale():
        publish.configure(schedule_in={"minutes": AGAIN}).defer(timestamp=timestamp)
        return
    for key, period in list(due_bulletins(timezone.localdate())):
        try:
            publish_bulletin(key, period)
        except AlreadyPublished:
            continue
