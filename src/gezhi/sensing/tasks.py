"""Jobs of sensing."""

from procrastinate.contrib.django import app

FILES = "sensing.files"  # one job at a time rewrites files of readings


@app.periodic(cron="25 * * * *")
@app.task(name="sensing.remove_scenes", queue="slow")
def remove_scenes(timestamp: int) -> None:
    from django.utils import timezone

    from gezhi.sensing.actions.scenes import remove_scenes as remove

    remove(timezone.now())


@app.periodic(cron="15 */6 * * *")
@app.task(name="sensing.make_days", queue="slow", queueing_lock="sensing.make_days")
def make_days(timestamp: int) -> None:
    """The coming week's tables of readings; a batch that finds none makes its own."""
    from django.utils import timezone

    from gezhi.sensing.actions.days import make_days as make

    make(timezone.now())


@app.periodic(cron="40 17 * * *")
@app.task(name="sensing.archive", queue="slow", queueing_lock="sensing.archive", lock=FILES)
def archive(timestamp: int) -> None:
    """Each night, by Chinese time."""
    from django.utils import timezone

    from gezhi.sensing.actions.archiving import archive_days, days_at_hand

    archive_days(timezone.now(), days_at_hand())


@app.periodic(cron="40 18 * * *")
@app.task(name="sensing.forget", queue="slow", queueing_lock="sensing.forget", lock=FILES)
def forget(timestamp: int) -> None:
    from django.utils import timezone

    from gezhi.sensing.actions.retention import forget_readings, usual_days

    forget_readings(timezone.now(), usual_days())


@app.periodic(cron="20 19 * * *")
@app.task(name="sensing.train", queue="slow", queueing_lock="sensing.train", lock="sensing.train")
def train(timestamp: int) -> None:
    """Each night every forecaster that a pack asks for, with its test."""
    from django.utils import timezone

    from gezhi.sensing.actions.forecasting import train_all

    train_all(timezone.now())


@app.periodic(cron="6 * * * *")
@app.task(name="sensing.forecast", queue="slow", queueing_lock="sensing.forecast", lock="sensing.forecast")
def forecast(timestamp: int) -> None:
    from django.utils import timezone

    from gezhi.sensing.actions.forecasting import forecast_all

    forecast_all(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="sensing.deliver_forecasts", queue="slow", queueing_lock="sensing.deliver_forecasts")
def deliver_forecasts(timestamp: int) -> None:
    """What was forecast for this hour becomes a reading of the forecast's own series, for monitors to compare with."""
    from django.utils import timezone

    from gezhi.sensing.actions.forecasting import deliver

    deliver(timezone.now())
