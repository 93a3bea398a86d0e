"""Jobs of sensing."""

from procrastinate.contrib.django import app


@app.periodic(cron="25 * * * *")
@app.task(name="sensing.remove_scenes", queue="slow")
def remove_scenes(timestamp: int) -> None:
    from django.utils import timezone

    from gezhi.sensing.actions.scenes import remove_scenes as remove

    remove(timezone.now())
