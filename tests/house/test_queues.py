"""Every queue that a job is deferred to is worked, and what people wait for has a worker of its own."""

from collections.abc import Iterable

from procrastinate.contrib.django import app

from gezhi.config.serving import QUEUES

AWAITED = {"notices.send", "notices.retry", "cases.sweep", "cases.make_document"}


def unworked(queues: Iterable[str]) -> set[str]:
    return set(queues) - set(QUEUES.values())


def test_every_queue_has_a_worker() -> None:
    ours = (task for name, task in app.tasks.items() if not name.startswith(("builtin", "procrastinate")))
    assert not unworked(task.queue for task in ours)


def test_notices_and_limits_do_not_wait_for_training() -> None:
    queues = {name: task.queue for name, task in app.tasks.items()}
    assert {queues[name] for name in AWAITED} == {QUEUES["quick"]}
    assert queues["cases.train"] == queues["exchange.import_file"] == QUEUES["slow"]


def test_the_rule_sees_a_queue_that_nobody_works() -> None:
    assert unworked(["default", "forgotten"]) == {"forgotten"}
