"""Anyone may check a document: its kind, number, day, issuer, and whether a file is what was issued."""

import hashlib
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.issuing import spaced
from gezhi.cases.queries.documents import Verified, verified
from gezhi.cases.queries.tracking import plain_code
from gezhi.cases.world import known_world
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.showing import said
from gezhi.people.access import public

WRONG_CODES: Final = TokenBuckets(10, 600)
LARGEST: Final = 20 * 1024 * 1024  # bytes of a file to compare


@public
@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    code = plain_code(request.GET.get("code", ""))
    return redirect("portal:verified", code) if code else render(request, "portal/verify.html")


@public
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """A file that comes with the form is hashed and forgotten."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if wait := WRONG_CODES.wait(address):
        return render(request, "429.html", {"minutes": int(wait // 60) + 1}, status=429)
    plain = plain_code(code)
    found = verified(plain, known_world())
    if found is None:
        WRONG_CODES.take(address)
        wrong = _("没有这份文书。请核对纸上的核验码：12 位字母和数字，没有 0、1、I、O。")
        return render(request, "portal/verify.html", {"code": plain, "wrong": wrong}, status=404)
    file = request.FILES.get("file")
    context = {
        "title": said(found.title),
        "found": found,
        "code": spaced(plain),
        "verdict": _verdict(found, file) if isinstance(file, UploadedFile) else "",
    }
    return render(request, "portal/verified.html", context)


def _verdict(found: Verified, file: "UploadedFile[bytes]") -> str:
    """same | different | large"""
    if (file.size or 0) > LARGEST:
        return "large"
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return "same" if digest.hexdigest() == found.sha256 else "different"
