"""Requests that were refused are counted by address, for the rules of warnings."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gezhi.config.middleware import View
from gezhi.security.actions.noting import note

_REFUSED: Final = (401, 403, 429)


class NoteRefusals:
    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in _REFUSED:
            account = getattr(getattr(request, "_cached_user", None), "pk", None)
            note(
                "refused",
                str(request.META.get("REMOTE_ADDR", ""))[:45],
                account,
                {"status": response.status_code},
            )
        return response
