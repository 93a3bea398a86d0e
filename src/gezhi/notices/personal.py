"""What the tables of notices, and the queue of jobs, keep of people."""

from typing import Final

from gezhi.lib.personal import (
    ANSWERS,
    GIVEN_FREELY,
    Grade,
    Held,
    Personal,
    Since,
    of_reporter,
)

TAGS: Final[dict[str, Personal]] = {
    "notices_notice.to": of_reporter(
        "收短信的号码", "Number that a message went to", ANSWERS, Grade.SENSITIVE, GIVEN_FREELY
    ),
    "notices_notice.text": of_reporter("给您的答复", "What you were told", ANSWERS),
    "notices_notice.error": of_reporter("短信未送达的原因", "Why a message was not taken", ANSWERS),
}
PLAIN: Final[dict[str, str]] = {
    "notices_notice": "subject transport message",
    # jobs carry ids alone: no name, number or text ever enters their arguments
    "procrastinate_jobs": "queue_name task_name lock queueing_lock args",
    "procrastinate_periodic_defers": "task_name periodic_id",
    "procrastinate_version": "",
}
HELD: Final[dict[str, Held]] = {
    "notices_notice": Held(
        name=("给您的答复和短信", "Answers and messages to you"),
        reporter="t.report_id = ANY(%(reports)s)",
        about="t.case_id = ANY(%(cases)s)",
        begins={Since.SENT: "t.sent_at"},
        context=("id", "case_id", "report_id", "message", "transport", "queued_at", "sent_at"),
    ),
}
