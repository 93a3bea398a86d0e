"""The year's review: on a page, and as paper."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.issuing import spaced
from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.desk.views.security import AT, secured
from gezhi.lib.pdf import Doc, Facts, Heading, Note, Paragraph, Table, render_pdf
from gezhi.lib.readable import readable_code
from gezhi.pages.asked import number
from gezhi.pages.lines import tag_of
from gezhi.pages.papers import pdf_response
from gezhi.pages.security import LEVEL_NAMES, level_name, signal_name
from gezhi.pages.showing import english, said
from gezhi.pages.tables import export_line, keep_file
from gezhi.people.access import SECURITY, ActorRequest
from gezhi.people.purposes import SECURITY as PURPOSE
from gezhi.security.queries.counting import rules
from gezhi.security.queries.review import Incident, Review, review, years

_FIRST: Final = 2020
Row = list[str]


@secured(SECURITY)
@require_GET
def security_review(request: ActorRequest) -> HttpResponse:
    found = review(_year(request))
    context = {
        "review": found,
        "years": years(),
        "incidents": [(one, category_name(one.category), _state(one)) for one in found.incidents],
        "warnings": warning_rows(found),
        "levels": [level_name(level) for level in LEVEL_NAMES],
        "signals": [(signal_name(kind), many) for kind, many in found.signals.items()],
    }
    return page(request, "desk/security/review.html", context, at=AT)


@secured(SECURITY)
@require_GET
def paper(request: ActorRequest) -> HttpResponse:
    found, code = review(_year(request)), readable_code()
    doc = paper_of(found, export_line(code, request.actor, PURPOSE))
    pdf = render_pdf(doc, language="en" if english() else "zh", at=timezone.now())
    rows = [[one.number, one.title, one.cause, one.lesson] for one in found.incidents]
    keep_file(request, doc.title, "pdf", pdf, rows, purpose=PURPOSE, number=code)
    return pdf_response(pdf, f"{doc.title}-{spaced(code)}.pdf")


def _year(request: ActorRequest) -> int:
    """This year where none is named. Raises Http404."""
    this = timezone.localdate().year
    year = number(request.GET.get("year", "")) or this
    if not _FIRST <= year <= this:
        raise Http404
    return year


def category_name(key: str) -> str:
    known = known_world().catalogue.categories.get(key)
    return said(known.name) if known else key


def _state(one: Incident) -> str:
    return tag_of(known_world().catalogue, one.category, one.state).title


def warning_rows(found: Review) -> list[tuple[str, list[int]]]:
    """Of each rule: how many of each level."""
    known = rules()
    return [
        (said(known[rule].title) if rule in known else rule, [many.get(level, 0) for level in LEVEL_NAMES])
        for rule, many in found.warnings.items()
    ]


def paper_of(found: Review, line: str) -> Doc:
    counts = {
        "incidents": len(found.incidents),
        "warnings": sum(sum(many.values()) for many in found.warnings.values()),
        "late": found.late,
    }
    return Doc(
        title=_("%(year)s 年网络和数据安全回顾") % {"year": found.year},
        blocks=[
            Paragraph(
                _("全年预警 %(warnings)s 次，立案 %(incidents)s 件，其中超过法定时限上报 %(late)s 件。")
                % counts
            ),
            Facts(
                [
                    (
                        _("导出文件"),
                        _("%(n)s 份，%(rows)s 行") % {"n": found.files, "rows": f"{found.rows:,}"},
                    ),
                    (_("查看个人信息"), _("%(n)s 次") % {"n": f"{found.lookups:,}"}),
                ]
            ),
            Heading(_("安全事件"), 2),
            *([_incident_table(found)] if found.incidents else [Paragraph(_("全年没有立案的安全事件。"))]),
            *(block for one in found.incidents if one.lesson for block in _lesson(one)),
            Heading(_("预警"), 2),
            Table(
                [_("规则"), *(level_name(level) for level in LEVEL_NAMES)],
                [[title, *map(str, many)] for title, many in warning_rows(found)],
            ),
            Heading(_("信号"), 2),
            Table(
                [_("种类"), _("次数")],
                [[signal_name(kind), f"{many:,}"] for kind, many in found.signals.items()],
            ),
            Note(_("统计的是账户、网络地址和系统上发生的事件，不评价任何人。")),
            Note(line),
        ],
        issuer=settings.NODE_NAME,
        date=timezone.localdate().isoformat(),
        dense=True,
        landscape=True,
    )


def _incident_table(found: Review) -> Table:
    heads = [_("编号"), _("类别"), _("发现"), _("上报时间"), _("按时"), _("涉及人数"), _("状态")]
    return Table(heads, [_incident_row(one) for one in found.incidents])


def _incident_row(one: Incident) -> Row:
    in_time = {True: _("是"), False: _("否"), None: _("不需上报")}[one.in_time]
    reported = f"{timezone.localtime(one.reported_at):%m-%d %H:%M}" if one.reported_at else "–"
    found = f"{timezone.localtime(one.found_at):%m-%d %H:%M}"
    return [one.number, category_name(one.category), found, reported, in_time, str(one.affected), _state(one)]


def _lesson(one: Incident) -> list[Heading | Paragraph]:
    return [
        Heading(f"{one.number} {one.title}"[:80], 2),
        Paragraph(_("原因：%(words)s") % {"words": one.cause}),
        Paragraph(_("教训和改进：%(words)s") % {"words": one.lesson}),
    ]
