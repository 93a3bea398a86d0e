"""Readings of the past from files: upload, follow, fetch what was not taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.desk.views.sensing_page import sensed_page
from gezhi.exchange.backfill.actions import FORMS, MOST_BYTES, MOST_FAULTS, bring_in
from gezhi.exchange.backfill.queries import FAULT_COLUMNS, backfills_of, faults_of
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import WATCH, ActorRequest, requires
from gezhi.sensing.models import BackfillRun, Datastream
from gezhi.sensing.queries.scope import streams_kept

SHOWN: Final = 30
STATES: Final = {
    "running": gettext_lazy("补录中"),
    "done": gettext_lazy("已完成"),
    "failed": gettext_lazy("失败"),
}
WHY: Final = {
    "bad-row": gettext_lazy("这一行残缺，列数与表头不符"),
    "bad-time": gettext_lazy("不是时间；可写 2026-11-22 08:00、2026-11-22T08:00:00+08:00 或 1970 年起的秒数"),
    "bad-mark": gettext_lazy("标记应是 0 到 255 的整数"),
    "bad-number": gettext_lazy("不是数值"),
    "unknown-series": gettext_lazy("没有这个数据流，或不归您负责"),
    "not-a-number": gettext_lazy("不是有限的数值"),
    "too-old": gettext_lazy("时间早于 2000 年"),
    "from-the-future": gettext_lazy("时间晚于现在"),
    "contradicts": gettext_lazy("这一时刻已有不同的值，原值保留"),
}
_EXAMPLE: Final = (
    "series,at,value,mark",
    "{a},2026-01-01 00:00,12.5,0",
    "{a},2026-01-01 01:00,13.1,0",
    "{b},2026-01-01T00:00:00+08:00,0.42,4",
)


@dataclass(frozen=True, slots=True)
class RunView:
    key: UUID
    name: str
    state_words: str
    failed: bool
    ended: bool
    share: float
    words: str
    error: str
    read: int
    added: int
    known: int
    refused: int
    started_at: datetime


@requires(WATCH)
@require_http_methods(["GET", "POST"])
def backfills(request: ActorRequest) -> HttpResponse:
    refused = ""
    upload = request.FILES.get("file")
    if request.method == "POST" and isinstance(upload, UploadedFile):
        try:
            return redirect("desk:backfill", bring_in(upload, upload.name or "", request.actor).key)
        except FileUnreadable as error:
            refused = _("这个文件读不了：%(why)s") % {"why": error}
    elif request.method == "POST":
        refused = _("请先选择一个文件。")
    context = {
        "refused": refused,
        "runs": [run_view(one) for one in backfills_of(request.actor)[:SHOWN]],
        "forms": ",".join(FORMS),
        "most": MOST_BYTES // 1024 // 1024,
    }
    return sensed_page(request, "backfills", context, status=422 if refused else 200)


def _found(request: ActorRequest, key: UUID) -> BackfillRun:
    return get_object_or_404(backfills_of(request.actor), key=key)


@requires(WATCH)
@require_GET
def backfill(request: ActorRequest, key: UUID) -> HttpResponse:
    found = _found(request, key)
    faults = list(found.faults.order_by("id")[:SHOWN])
    context = {
        "run": run_view(found),
        "faults": [(one, str(FIELDS.get(one.field, "")), str(WHY.get(one.code, one.code))) for one in faults],
        "kept": MOST_FAULTS if found.refused > MOST_FAULTS else 0,
    }
    return sensed_page(request, "backfill", context)


FIELDS: Final = {
    "time": gettext_lazy("时间"),
    "series": gettext_lazy("数据流"),
    "value": gettext_lazy("数值"),
    "mark": gettext_lazy("标记"),
}


@requires(WATCH)
@require_GET
def progress(request: ActorRequest, key: UUID) -> HttpResponse:
    seen = run_view(_found(request, key))
    return JsonResponse({"share": seen.share, "words": seen.words, "ended": seen.ended})


@requires(WATCH)
@require_GET
def faults(request: ActorRequest, key: UUID) -> HttpResponseBase:
    found = _found(request, key)
    table = Table(f"refused-{key}", _("补录未收的读数"), FAULT_COLUMNS, faults_of(found, WHY), signed=False)
    return table_file(request, table, kind="csv")


@requires(WATCH)
@require_GET
def example(request: ActorRequest) -> HttpResponse:
    """Of two datastreams that this person looks after, so that the names are right ones."""
    found = Datastream.objects.filter(streams_kept(request.actor)).order_by("pk")
    names = [*found.values_list("pk", flat=True)[:2], 1, 2][:2]
    text = "\r\n".join(_EXAMPLE).format(a=names[0], b=names[1])
    answer = HttpResponse(f"\ufeff{text}\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="readings-example.csv"'
    return answer


def run_view(run: BackfillRun) -> RunView:
    counts = {"read": run.read, "added": run.added, "known": run.known, "refused": run.refused}
    return RunView(
        key=run.key,
        name=run.name,
        state_words=str(STATES.get(run.state, run.state)),
        failed=run.state == "failed",
        ended=run.state != "running",
        share=min(1.0, run.read / run.total) if run.total else 0.0,
        words=_("读到 %(read)s 个读数：新增 %(added)s，已有 %(known)s，未收 %(refused)s") % counts,
        error=run.error,
        started_at=run.started_at,
        **counts,
    )
