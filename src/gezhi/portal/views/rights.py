"""Personal rights for residents: what is kept of anybody, and proving who one is to see one's own."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.queries import tracked
from gezhi.lib.numbers import is_number
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.asked import posted
from gezhi.pages.rights import kept_rows
from gezhi.people.access import public
from gezhi.portal.views.follow import WRONG_TRIES
from gezhi.portal.views.rights_session import sign_in, sign_out, signed
from gezhi.rights.actions import ask_code, try_code
from gezhi.rights.actions.signing import TooMany

ASKED: Final = TokenBuckets(10, 600)  # codes, by address: a service hall may share one
WRONG: Final = TokenBuckets(20, 600)  # wrong codes, by address
_NO_NUMBER: Final = gettext_lazy("请写上报时留的电话号码，例如 13800000000。")
_WRONG_CODE: Final = gettext_lazy("验证码不对，或者已经过了 5 分钟。请核对短信，或重新获取。")
_NOT_FOUND: Final = gettext_lazy("没有找到。请核对查询码；上报时留了手机号的，还要填对后四位。")


@public
@require_GET
@cache_control(private=True, no_store=True)
def home(request: HttpRequest) -> HttpResponse:
    if signed(request):
        return redirect("portal:rights-mine")
    return _home(request)


def _home(
    request: HttpRequest,
    faults: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"by_message": bool(settings.SMS_URL), "faults": faults or {}, "given": given or {}}
    return render(request, "portal/rights/home.html", context, status=status)


@public
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/rights/register.html", {"groups": kept_rows()})


@public
@require_POST
@cache_control(private=True, no_store=True)
def code(request: HttpRequest) -> HttpResponse:
    """The same page whether anything is held under the number or not."""
    given = posted(request, ("number",))
    if not settings.SMS_URL:
        return redirect("portal:rights")
    if not is_number(given["number"]):
        return _home(request, {"number": str(_NO_NUMBER)}, given, 422)
    if wait := ASKED.take(_address(request)):
        return _too_many(request, int(wait // 60) + 1)
    try:
        asked = ask_code(given["number"])
    except TooMany as many:
        return _too_many(request, many.minutes)
    return _enter(request, asked.pk, given["number"])


def _enter(
    request: HttpRequest, code_id: int, number: str, fault: str = "", status: int = 200
) -> HttpResponse:
    context = {"code_id": code_id, "number": number, "faults": {"code": fault} if fault else {}}
    return render(request, "portal/rights/code.html", context, status=status)


@public
@require_POST
@cache_control(private=True, no_store=True)
def enter(request: HttpRequest) -> HttpResponse:
    given, address = posted(request, ("code_id", "number", "code")), _address(request)
    if wait := WRONG.wait(address):
        return _too_many(request, int(wait // 60) + 1)
    code_id = int(given["code_id"]) if given["code_id"].isascii() and given["code_id"].isdigit() else 0
    channel = try_code(min(code_id, 2**62), given["number"], given["code"], address)
    if channel is None:
        WRONG.take(address)
        return _enter(request, code_id, given["number"], str(_WRONG_CODE), 422)
    sign_in(request, channel=channel)
    return redirect("portal:rights-mine")


@public
@require_POST
@cache_control(private=True, no_store=True)
def by_code(request: HttpRequest) -> HttpResponse:
    """By tracking code and the last four digits: for that one report."""
    given, address = posted(request, ("tracking", "last4")), _address(request)
    if wait := WRONG_TRIES.wait(address):
        return _too_many(request, int(wait // 60) + 1)
    found = tracked(given["tracking"], given["last4"])
    if found is None:
        WRONG_TRIES.take(address)
        return _home(request, {"tracking": str(_NOT_FOUND)}, given, 422)
    sign_in(request, report_id=found.report.pk)
    return redirect("portal:rights-mine")


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    sign_out(request)
    return redirect("portal:rights")


def _too_many(request: HttpRequest, minutes: int) -> HttpResponse:
    response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
