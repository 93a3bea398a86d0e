"""What this browser reported or looked up: tracking codes with the last four digits that open them."""

from typing import Final

from django.http import HttpRequest

_KEY: Final = "followed"
_KEPT: Final = 20


def remember(request: HttpRequest, code: str, last4: str) -> None:
    known = {kept: digits for kept, digits in followed_codes(request).items() if kept != code}
    newest = {code: last4[:4]} | known
    request.session[_KEY] = dict(list(newest.items())[:_KEPT])


def followed_codes(request: HttpRequest) -> dict[str, str]:
    """Newest first."""
    held: dict[str, str] = request.session.get(_KEY, {})
    return held
