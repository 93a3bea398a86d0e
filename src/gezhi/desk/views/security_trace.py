"""Where a leaked file could have come from: sent or pasted, read, not kept."""

from dataclasses import dataclass
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gezhi.desk.views.page import page
from gezhi.desk.views.security import AT, secured
from gezhi.pages.security import ExportView, export_views
from gezhi.people.access import SECURE, ActorRequest
from gezhi.security.actions.tracing import trace_leak
from gezhi.security.leaks import LARGEST, NoTable
from gezhi.security.queries.tracing import Candidate, Looked, Trace

_PASTED: Final = 2_000_000  # characters


@dataclass(frozen=True, slots=True)
class CandidateView:
    """`reasons`: counts that say why, in words."""

    export: ExportView
    reasons: list[str]
    alone: bool
    rows: int
    of_rows: int


@dataclass(frozen=True, slots=True)
class LookedView:
    name: str
    row: Looked


@secured(SECURE)
@require_http_methods(["GET", "POST"])
def trace(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return page(request, "desk/security/trace.html", {}, at=AT)
    data = _sent(request)
    if not data:
        return _refused(request, _("请选择文件，或粘贴表格内容。"))
    try:
        found = trace_leak(data, request.actor.account_id)
    except NoTable:
        return _refused(
            request,
            _("这个文件读不出表格。可以是 Excel、CSV、JSON、网页表格或粘贴的文字；PDF 请打开后复制粘贴。"),
        )
    context = {
        "trace": found,
        "candidates": candidate_views(found),
        "looked": [LookedView(found.names.get(one.account_id, "?"), one) for one in found.looked],
    }
    return page(request, "desk/security/trace.html", context, at=AT)


def _sent(request: ActorRequest) -> bytes:
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile) and file.size and file.size <= LARGEST:
        return bytes(file.read())
    return request.POST.get("text", "")[:_PASTED].strip().encode()


def _refused(request: ActorRequest, words: str) -> HttpResponse:
    return page(request, "desk/security/trace.html", {"refused": words}, at=AT, status=422)


def candidate_views(found: Trace) -> list[CandidateView]:
    views = export_views([one.export for one in found.candidates])
    return [
        CandidateView(
            export=view,
            reasons=reasons(one),
            alone=one.alone,
            rows=one.held.rows if one.held else 0,
            of_rows=found.rows,
        )
        for one, view in zip(found.candidates, views, strict=True)
    ]


def reasons(one: Candidate) -> list[str]:
    found = [
        *([_("就是这份文件，逐字节相同")] if one.same_file else []),
        *([_("文件里写着这个编号（谁都可以写上去，不能作为依据）")] if one.named else []),
    ]
    if one.held is None:
        return found
    held = one.held
    counts = {
        "rows": held.rows,
        "of_rows": held.of_rows,
        "cells": held.cells,
        "of_cells": held.of_cells,
        "pairs": held.pairs,
        "of_pairs": held.of_pairs,
        "marks": held.marks,
        "of_marks": held.of_marks,
        "size": held.export_rows,
    }
    found.append(_("%(rows)s / %(of_rows)s 行在其中（该导出共 %(size)s 行）") % counts)
    found.append(_("%(cells)s / %(of_cells)s 个单元格一字不差") % counts)
    if held.of_pairs:
        found.append(_("%(pairs)s / %(of_pairs)s 处同行搭配一致") % counts)
    if held.of_marks:
        found.append(
            _("%(marks)s / %(of_marks)s 个时间的取整方向一致（内容相同的其他导出约为一半）") % counts
        )
    if one.alone:
        found.append(_("没有别的导出与它一样多"))
    return found
