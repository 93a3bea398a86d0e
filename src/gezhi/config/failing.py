"""When an answer could not be given: busy or broken, in the form in which the question came, with its number."""

import errno
import json
import sys
from html import escape
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from gezhi.lib import request_id

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
_AGAIN: Final = 5  # seconds, while database or disk do not work
_BUSY: Final = "The node is busy. Nothing was done. Send the same again after the seconds in Retry-After."
_BROKEN: Final = (
    "Something went wrong on our side, and whether it was done is uncertain. "
    "Send the same again: nothing is doubled."
)
_XML: Final = (
    '<?xml version="1.0" encoding="utf-8"?><errors><error><code>{code}</code>'
    "<description>{detail}</description></error></errors>"
)


def busy(request: HttpRequest, seconds: int) -> HttpResponse:
    """503 with Retry-After."""
    response = _answer(request, 503, "busy", _BUSY, "503.html", seconds)
    response["Retry-After"] = str(seconds)
    return response


def unusable(request: HttpRequest, detail: str) -> HttpResponse:
    """400, where no view has been reached yet."""
    return _answer(request, 400, "unusable", detail, "400.html", 0)


def failed(request: HttpRequest) -> HttpResponse:
    """What Django calls while it handles an exception. Database away or disk full: that passes."""
    error = sys.exc_info()[1]
    if passes(error):
        return busy(request, _AGAIN)
    return _answer(request, 500, "broken", _BROKEN, "500.html", 0)


def passes(error: BaseException | None) -> bool:
    """The cause is outside of the program and will be over."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        error = error.__cause__ or error.__context__
    return False


def _answer(
    request: HttpRequest, status: int, code: str, detail: str, template: str, seconds: int
) -> HttpResponse:
    """With its length, which nothing else adds so far outside: one packet instead of pieces."""
    answer = _in_its_form(request, status, code, detail, template, seconds)
    answer["Content-Length"] = str(len(answer.content))
    return answer


def _in_its_form(
    request: HttpRequest, status: int, code: str, detail: str, template: str, seconds: int
) -> HttpResponse:
    number = request_id.current()
    if request.path.startswith("/open311/"):
        return _open311(request, status, f"{detail} ({number})")
    if request.path.startswith(("/api/", "/health", "/metrics")) or _wants_json(request):
        body: dict[str, object] = {
            "type": f"urn:gezhi:problem:{code}", "title": "Service Unavailable" if status == 503 else "Error",
            "status": status, "code": code, "detail": detail, "errors": [], "request": number,
        }  # fmt: skip
        return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")
    again = seconds if request.method in ("GET", "HEAD") else 0
    page = render_to_string(template, {"number": number, "seconds": seconds, "again": again})
    return HttpResponse(page, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _open311(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if request.path.endswith(".xml"):
        text = _XML.format(code=status, detail=escape(detail))
        return HttpResponse(text, status=status, content_type="text/xml; charset=utf-8")
    return HttpResponse(
        json.dumps([{"code": status, "description": detail}]), status=status, content_type="application/json"
    )
