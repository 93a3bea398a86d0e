"""What every request passes before anything of ours sees it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

View = Callable[[HttpRequest], HttpResponse]


class RefuseNulBytes:
    """PostgreSQL text cannot hold U+0000, and no address, key or name needs one."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("The address holds a NUL byte. Send it without.")
        return self.get_response(request)
