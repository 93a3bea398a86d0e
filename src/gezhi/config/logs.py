"""Lines of the log: for people, or as JSON for whatever collects them; each with the number of its request."""

import json
import logging
import re
import time
from datetime import UTC, datetime
from typing import Any, Final

from gezhi.lib import request_id

_BUSY: Final = 503
_BREAKS: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class BadLogFormat(ValueError):
    """GEZHI_LOG_FORMAT is {text!r}: leave it out, or write json."""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


class Numbered(logging.Filter):
    """Django's own lines on failed requests hold their address, which may be somebody's key to a report."""

    def filter(self, record: logging.LogRecord) -> bool:
        asked = getattr(record, "request", None)
        if asked is not None and hasattr(asked, "resolver_match"):
            match = asked.resolver_match
            status = getattr(record, "status_code", "")
            record.msg, record.args = f"{status} {asked.method} /{match.route if match else '...'}", ()
            if status == _BUSY:  # database away, disk full: a line each, not sixty
                record.levelno, record.levelname = logging.WARNING, "WARNING"
                record.exc_info = record.exc_text = None
        record.request = request_id.current()
        return True


class Lines(logging.Formatter):
    """For people: one line a message, in UTC. What looks like the beginning of another line is written out, so that
    nobody who has a say in a message forges one."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        return time.gmtime(seconds)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return _BREAKS.sub(lambda found: repr(found.group())[1:-1], super().formatMessage(record))


class JsonLines(logging.Formatter):
    """`extra={"facts": {...}}` of a call stands beside its message. Of a request the route is
    written, never the address."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if number := getattr(record, "request", ""):
            line["request"] = number
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line |= {key: value for key, value in facts.items() if key not in line}
        if record.exc_text or record.exc_info:
            line["error"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_settings(level: str, form: str) -> dict[str, Any]:
    """Raises BadLogFormat."""
    if form not in ("", "json"):
        raise BadLogFormat(form)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "numbered": {"()": "gezhi.config.logs.Numbered"},
            "secrets": {"()": "gezhi.lib.redacting.RedactSecrets"},
        },
        "formatters": {
            "line": {
                "()": "gezhi.config.logs.Lines",
                "fmt": "%(asctime)s %(levelname)s %(name)s %(request)s %(message)s",
            },
            "json": {"()": "gezhi.config.logs.JsonLines"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": form or "line",
                "filters": ["numbered", "secrets"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
    }
