"""Jobs of the ledger."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="ledger.publish", queueing_lock="ledger.publish")
def publish(timestamp: int) -> None:
    """What was committed since the last minute gets its place and stands under a signed checkpoint."""
    from django.utils import timezone

    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint

    now = timezone.now()
    signers = log_signers(now)
    while publish_checkpoint(now, signers) is not None:
        pass


@app.periodic(cron="* * * * * 20")
@app.task(name="ledger.vouch", queueing_lock="ledger.vouch")
def vouch(timestamp: int) -> None:
    """A little after publishing: the authority and the witnesses are asked about the newest checkpoint."""
    from django.utils import timezone

    from gezhi.ledger.actions.vouching import vouch as ask

    ask(timezone.now)
