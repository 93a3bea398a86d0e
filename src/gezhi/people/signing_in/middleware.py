"""When a session was last used, to the minute. What pages ask by themselves is nobody's use."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gezhi.people.actions.tries import touch_session
from gezhi.people.signing_in.store import SessionStore

_EVERY: Final = timedelta(minutes=1)
_BY_ITSELF: Final = ("/live/", "/command/board", "/command/points", "/desk/classifier/progress")


class KeepSession:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if isinstance(session, SessionStore) and session.seen_at and not request.path.startswith(_BY_ITSELF):
            now = timezone.now()
            if now - session.seen_at > _EVERY:
                touch_session(session.stored_key, now)
        return response
