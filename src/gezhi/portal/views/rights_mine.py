"""A person's own page: everything that is held, who looked, a copy, contact data corrected at once."""

import tempfile
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.intake.reading import EMAIL
from gezhi.cases.models import Evidence, Report
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.contact import NOTHING, contact_of
from gezhi.lib.numbers import is_number, number_key
from gezhi.pages.asked import posted
from gezhi.pages.photos import photo_response
from gezhi.pages.rights import mine_view
from gezhi.pages.rights_how import how_view
from gezhi.pages.showing import english
from gezhi.portal.views.rights_session import Signed, own, sign_in
from gezhi.rights.actions import ask_code, correct_contact, open_request, take_copy, try_code
from gezhi.rights.actions.asking import Asked
from gezhi.rights.actions.contact import Contact
from gezhi.rights.actions.signing import TooMany
from gezhi.rights.models import Right

IN_MEMORY: Final = (
    8 * 1024 * 1024
)  # bytes of a copy; a larger one waits in a file that is gone with the answer
_BAD_EMAIL: Final = gettext_lazy("这不像邮箱地址，例如 name@example.org。")
_BAD_NUMBER: Final = gettext_lazy("这不像电话号码，例如 13800000000。")
_WRONG: Final = gettext_lazy("验证码不对，或者已经过了 5 分钟。请核对短信，或重新获取。")


@own
@require_GET
def mine(request: HttpRequest, who: Signed) -> HttpResponse:
    context = {
        "who": who,
        "mine": mine_view(who.person, timezone.now()),
        "by_message": bool(settings.SMS_URL),
    }
    return render(request, "portal/rights/mine.html", context)


@own
@require_POST
def copy(request: HttpRequest, who: Signed) -> FileResponse:
    """The copy itself at once; the request is a case as well, where the node has published the pack."""
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by the answer
    take_copy(out, who.person)
    try:
        open_request(who.person, Asked(Right.COPY, language="en" if english() else "zh-hans"))
    except Refused as refused:
        if refused.code not in ("no-rights-pack", "asked-already"):
            raise
    out.seek(0)
    name = _("我的个人信息") + f" {timezone.localdate():%Y-%m-%d}.zip"
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")


@own
@require_GET
def photo(request: HttpRequest, who: Signed, key: str) -> HttpResponseBase:
    if not Evidence.objects.filter(key=key, report_id__in=who.person.reports).exists():
        raise Http404
    return photo_response(str(key))


@own
@require_GET
def how(request: HttpRequest, who: Signed, code: str) -> HttpResponse:
    """How one report was sorted."""
    found = (
        Report.objects.filter(id__in=who.person.reports, tracking_code=code).select_related("case").first()
    )
    if found is None:
        raise Http404
    return render(request, "portal/rights/how.html", {"how": how_view(found), "code": code})


@own
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, who: Signed) -> HttpResponseBase:
    """Name and e-mail are changed at once, a new number once it is proved by a code."""
    held = Report.objects.filter(id__in=who.person.reports).exclude(source="rights").order_by("-id").first()
    known = contact_of(held.pk) if held else NOTHING
    given = {"name": known.name, "email": known.email, "number": who.number or known.phone}
    if request.method == "GET":
        return _contact(request, given)
    wanted = posted(request, ("name", "email", "number"))
    faults = _faults(wanted)
    if faults:
        return _contact(request, wanted, faults, 422)
    correct_contact(
        who.person, Contact(name=wanted["name"].strip()[:60], email=wanted["email"].strip()[:200])
    )
    if number_key(wanted["number"]) == number_key(given["number"]) or not wanted["number"].strip():
        messages.success(request, _("已更正，以后的答复用新的联系方式。"), "good")
        return redirect("portal:rights-mine")
    return _prove(request, wanted["number"].strip())


def _faults(wanted: dict[str, str]) -> dict[str, str]:
    faults = {}
    if wanted["email"].strip() and not EMAIL.match(wanted["email"].strip()):
        faults["email"] = str(_BAD_EMAIL)
    if wanted["number"].strip() and not is_number(wanted["number"]):
        faults["number"] = str(_BAD_NUMBER)
    return faults


def _contact(
    request: HttpRequest, given: dict[str, str], faults: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {"given": given, "faults": faults or {}, "by_message": bool(settings.SMS_URL)}
    return render(request, "portal/rights/contact.html", context, status=status)


def _prove(request: HttpRequest, number: str) -> HttpResponseBase:
    if not settings.SMS_URL:
        messages.error(request, _("换电话号码要核对身份，请到窗口或拨打热线办理。其他已更正。"), "bad")
        return redirect("portal:rights-mine")
    try:
        asked = ask_code(number, always=True)
    except TooMany as many:
        return render(request, "429.html", {"minutes": many.minutes}, status=429)
    context = {"code_id": asked.pk, "number": number, "proves": True, "faults": {}}
    return render(request, "portal/rights/code.html", context)


@own
@require_POST
def number(request: HttpRequest, who: Signed) -> HttpResponse:
    """The code that proves a new number."""
    given = posted(request, ("code_id", "number", "code"))
    code_id = int(given["code_id"]) if given["code_id"].isascii() and given["code_id"].isdigit() else 0
    proved = try_code(
        min(code_id, 2**62), given["number"], given["code"], str(request.META.get("REMOTE_ADDR", ""))
    )
    if proved is None:
        context = {**given, "proves": True, "faults": {"code": str(_WRONG)}}
        return render(request, "portal/rights/code.html", context, status=422)
    correct_contact(who.person, Contact(number=given["number"]))
    sign_in(request, channel=proved)
    messages.success(request, _("电话号码已更正。"), "good")
    return redirect("portal:rights-mine")
