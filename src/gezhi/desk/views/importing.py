"""Importing a file: upload, check the columns, look, start, follow, fetch what was wrong."""

from collections.abc import Mapping as Reading
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.models import ImportRun
from gezhi.desk.views.page import page
from gezhi.exchange.files.actions import (
    FileUnreadable,
    Mapping,
    columns_of,
    preview,
    start,
    store_upload,
    suggest_mapping,
)
from gezhi.exchange.files.mapping import mapping_from
from gezhi.exchange.files.queries import ERROR_COLUMNS, errors_of, runs_of
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import IMPORT, ActorRequest, requires

_SHOWN: Final = 20
_STATES: Final = {
    "checked": gettext_lazy("已检查"),
    "running": gettext_lazy("导入中"),
    "done": gettext_lazy("已完成"),
    "failed": gettext_lazy("失败"),
}
_TITLES: Final = {
    "text": gettext_lazy("事由（必选）"),
    "more": gettext_lazy("事由（第二列，接在后面）"),
    "occurred_at": gettext_lazy("时间"),
    "lon": gettext_lazy("经度"),
    "lat": gettext_lazy("纬度"),
    "address": gettext_lazy("地址"),
    "place_code": gettext_lazy("区划或网格编码"),
    "category": gettext_lazy("类别编码"),
    "reporter_name": gettext_lazy("姓名"),
    "reporter_phone": gettext_lazy("电话"),
    "reporter_email": gettext_lazy("邮箱"),
}
_SYSTEMS: Final = (
    ("wgs84", "WGS-84"),
    ("cgcs2000", "CGCS2000"),
    ("gcj02", gettext_lazy("GCJ-02（高德、腾讯）")),
    ("bd09", gettext_lazy("BD-09（百度）")),
)


@dataclass(frozen=True, slots=True)
class FieldChoice:
    name: str
    title: str
    column: str


@dataclass(frozen=True, slots=True)
class RunView:
    key: UUID
    name: str
    state_words: str
    ended: bool
    share: float
    words: str
    error: str
    read: int
    added: int
    known: int
    refused: int
    started_at: object


@requires(IMPORT)
@require_http_methods(["GET", "POST"])
def imports(request: ActorRequest) -> HttpResponse:
    refused = ""
    upload = request.FILES.get("file")
    if request.method == "POST" and isinstance(upload, UploadedFile):
        try:
            key = store_upload(upload, upload.name or "")
            columns_of(key)
            return redirect("desk:import-mapping", key)
        except FileUnreadable as error:
            refused = _unreadable(error)
    elif request.method == "POST":
        refused = _("请先选择一个文件。")
    runs = [_run_view(run) for run in runs_of(request.actor).order_by("-id")[:_SHOWN]]
    context = {"refused": refused, "runs": runs}
    return page(request, "desk/imports.html", context, at="desk:imports", status=422 if refused else 200)


def _unreadable(error: FileUnreadable) -> str:
    return _("这个文件读不了：%(why)s") % {"why": error}


@requires(IMPORT)
@require_http_methods(["GET", "POST"])
def mapping(request: ActorRequest, key: UUID) -> HttpResponse:
    stored = str(key)
    try:
        columns, suggested = columns_of(stored), suggest_mapping(stored)
    except FileUnreadable as error:
        raise Http404(str(error)) from error
    if request.method == "GET":
        return _mapping_page(request, columns, _as_form(suggested), {})
    form = request.POST.dict()
    try:
        chosen = mapping_from(_as_mapping(form))
        if form.get("do") == "start":
            start(stored, chosen, request.actor.account_id)
            return redirect("desk:import-run", key)
        return _mapping_page(request, columns, form, {"preview": preview(stored, chosen)})
    except FileUnreadable as error:
        return _mapping_page(request, columns, form, {"refused": _unreadable(error)}, status=422)


def _mapping_page(
    request: ActorRequest,
    columns: tuple[str, ...],
    form: Reading[str, str],
    more: Reading[str, object],
    status: int = 200,
) -> HttpResponse:
    context = {
        "columns": columns,
        "source": form.get("source", ""),
        "id_column": form.get("id", ""),
        "fields": [
            FieldChoice(name, str(title), form.get(f"field-{name}", "")) for name, title in _TITLES.items()
        ],
        "systems": _SYSTEMS,
        "crs": form.get("crs", "wgs84"),
    }
    return page(request, "desk/import_mapping.html", context | dict(more), at="desk:imports", status=status)


def _as_form(mapping: Mapping) -> dict[str, str]:
    """The page's fields; at most two columns tell what is the matter."""
    first = {f"field-{name}": source.columns[0] for name, source in mapping.fields.items() if source.columns}
    more = mapping.fields["text"].columns[1:2]
    rest = {"source": mapping.source, "id": next(iter(mapping.id), ""), "crs": mapping.crs}
    return first | rest | ({"field-more": more[0]} if more else {})


def _as_mapping(form: Reading[str, str]) -> dict[str, object]:
    chosen = {name: column for name in _TITLES if (column := form.get(f"field-{name}", ""))}
    more = chosen.pop("more", "")
    fields: dict[str, object] = dict(chosen)
    if more and "text" in fields:
        fields["text"] = [chosen["text"], more]
    wanted: dict[str, object] = {
        "source": form.get("source", ""),
        "id": form.get("id") or [],
        "crs": form.get("crs", "wgs84"),
    }
    return wanted | {"fields": fields}


def _found(request: ActorRequest, key: UUID) -> ImportRun:
    return get_object_or_404(runs_of(request.actor), key=key)


@requires(IMPORT)
@require_GET
def run(request: ActorRequest, key: UUID) -> HttpResponse:
    return page(request, "desk/import_run.html", {"run": _run_view(_found(request, key))}, at="desk:imports")


@requires(IMPORT)
@require_GET
def run_progress(request: ActorRequest, key: UUID) -> HttpResponse:
    seen = _run_view(_found(request, key))
    return JsonResponse({"share": seen.share, "words": seen.words, "ended": seen.ended})


@requires(IMPORT)
@require_GET
def errors(request: ActorRequest, key: UUID) -> HttpResponseBase:
    found = _found(request, key)
    table = Table(f"errors-{key}", _("导入错误"), ERROR_COLUMNS, errors_of(found), signed=False)
    return table_file(request, table, kind="csv")


def _run_view(run: ImportRun) -> RunView:
    counts = {"read": run.read, "added": run.added, "known": run.known, "refused": run.refused}
    return RunView(
        key=run.key,
        name=run.name,
        state_words=str(_STATES.get(run.state, run.state)),
        ended=run.state in ("done", "failed"),
        share=min(1.0, run.read / run.total) if run.total else 0.0,
        words=_("读到 %(read)s 行：新增 %(added)s，已有 %(known)s，有错 %(refused)s") % counts,
        error=run.error,
        started_at=run.started_at,
        **counts,
    )
