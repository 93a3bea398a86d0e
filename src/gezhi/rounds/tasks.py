"""Jobs of rounds."""

from procrastinate.contrib.django import app


@app.periodic(cron="10 */6 * * *")
@app.task(name="rounds.generate", queue="slow")
def generate_rounds(timestamp: int) -> None:
    from gezhi.rounds.actions import generate

    generate()


@app.periodic(cron="*/5 * * * *")
@app.task(name="rounds.miss")
def miss_rounds(timestamp: int) -> None:
    from gezhi.rounds.actions import mark_missed

    while mark_missed():
        pass
