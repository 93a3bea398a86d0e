"""Jobs of cases."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="cases.sweep")
def sweep_limits(timestamp: int) -> None:
    from gezhi.cases.actions import sweep

    while sweep():
        pass


@app.task(name="cases.train")
def train_classifier(model_id: int) -> None:
    from gezhi.cases.actions import train

    train(model_id)
