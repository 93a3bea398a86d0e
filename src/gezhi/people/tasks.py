"""Jobs of people."""

from procrastinate.contrib.django import app


@app.periodic(cron="*/10 * * * *")
@app.task(name="people.late_reviews")
def late_reviews(timestamp: int) -> None:
    from gezhi.people.actions import mark_late_reviews

    while mark_late_reviews():
        pass
