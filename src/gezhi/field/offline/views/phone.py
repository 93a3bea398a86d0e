"""What the phone's own part of the pages asks for: the day's work, its worker, and where to send what it kept."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import Engine
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.capturing import capture_in
from gezhi.cases.photos import MAX_BYTES, BadPhoto, store_photo
from gezhi.field.offline.views.arriving import done, refused
from gezhi.field.offline.views.day import day_of
from gezhi.pages.showing import english
from gezhi.people.access import REPORT_FROM_FIELD, ActorRequest, public, requires

_WORKER: Final = "dist/field/sw.js"
_SHELL: Final = (
    *(
        "css/tokens.css",
        "css/dark.css",
        "css/base.css",
        "css/portal.css",
        "css/case.css",
        "css/field.css",
        "css/rounds.css",
    ),
    *("dist/field/app.js", "icons/sprite.svg", "icons/gezhi.svg"),
)
_TEMPLATES: Final = ("base.html", "base_field.html", "field/shell.html", "field/words.html")
_ICONS: Final = (
    ("field-192.png", 192, "any"),
    ("field-512.png", 512, "any"),
    ("field-mask.png", 512, "maskable"),
)


@public
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page that a phone keeps: it holds nobody's data, its script fills it from the phone."""
    return render(request, "field/shell.html", {"tab": "box"})


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the files of its version; a changed file makes a new worker."""
    kept = {"version": _version(), "page": reverse("field:box"), "files": [static(one) for one in _SHELL]}
    script = f"self.kept = {json.dumps(kept)};\n{_file(_WORKER).read_text()}"
    return HttpResponse(script, "text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _version() -> str:
    digest = hashlib.blake2b(digest_size=8)
    for one in (*_SHELL, _WORKER):
        digest.update(_file(one).read_bytes())
    for one in _TEMPLATES:
        digest.update(Path(Engine.get_default().get_template(one).origin.name).read_bytes())
    return digest.hexdigest()


def _file(name: str) -> Path:
    """Raises Http404 where the front end was not built."""
    found = finders.find(name)
    if not found:
        raise Http404(name)
    return Path(found)


@public
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        {"src": static(f"icons/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in _ICONS
    ]
    about = {
        "id": "/field/",
        "name": _("格治 网格员"),
        "short_name": _("网格"),
        "lang": "en" if english() else "zh-Hans",
        "start_url": reverse("field:home"),
        "scope": reverse("field:home"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f2f5f8",
        "theme_color": "#0b57a4",
        "icons": icons,
    }
    return JsonResponse(about, content_type="application/manifest+json")


@requires(REPORT_FROM_FIELD)
@gzip_page
@require_GET
def day(request: ActorRequest) -> HttpResponse:
    return JsonResponse(day_of(request), json_dumps_params={"ensure_ascii": False})


@requires(REPORT_FROM_FIELD)
@require_GET
def hello(request: ActorRequest) -> HttpResponse:
    """Whose queue may be sent now, and with which token."""
    return JsonResponse({"account": str(request.actor.account_id), "token": get_token(request)})


@requires(REPORT_FROM_FIELD)
@require_POST
def photo(request: ActorRequest, key: str) -> HttpResponse:
    """One photo under the key that the phone gave it; again changes nothing."""
    upload = request.FILES.get("photo")
    if upload is None:
        return refused(_("照片没有传完整，请重试。"))
    try:
        capture = capture_in(request.POST.get("captured", ""))
        store_photo(upload.read(MAX_BYTES + 1), str(key), capture)
    except BadPhoto as bad:
        return refused(bad.en if english() else bad.zh)
    return done("", "")
