"""Asking authorities and witnesses over HTTP."""

from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request

from gezhi.lib.calling import called

PATIENCE: Final = 10  # seconds
LONGEST_ANSWER: Final = 1024 * 1024


class Unreachable(OSError):
    """Nobody answered; the message says where."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def post(url: str, body: bytes, content_type: str) -> Answer:
    """Whatever the status. Raises Unreachable."""
    if not url.startswith(("http://", "https://")):
        raise Unreachable(f"{url[:80]} is no address of http or https.")
    try:
        with called(Request(url, body, {"Content-Type": content_type}), PATIENCE) as answer:
            return Answer(answer.status, answer.read(LONGEST_ANSWER))
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read(LONGEST_ANSWER))
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{url[:80]} does not answer: {error}") from error
