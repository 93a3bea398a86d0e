"""Milliseconds for a document: set as PDF, and issued in a case, kept on disk and recorded.

The peers, in the same run: pypdf reading the document back, and setting it without a database.
"""

import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import _node
import pypdf

TIMES = 100
AT = datetime(2026, 7, 18, tzinfo=UTC)


def main() -> None:
    _node.start()
    from gezhi.lib.pdf import Doc, Facts, Footer, Paragraph, Table, render_pdf

    facts = Facts([("案件编号", "2026071800000012"), ("区域", "宁波市海曙区南门街道万安社区第1网格")])
    letter = Doc(
        "不予受理告知书", [Paragraph("王女士：", False), Paragraph("您反映的事项收悉。" * 30), facts]
    )
    foot = Footer("宁波市社会治理中心", "ABCD-EFGH-JKLM", "http://localhost:8000/verify/ABCDEFGHJKLM/")
    rows = [[str(n), "海曙区综合行政执法局", str(n * 3), "98.2%", "91.0%"] for n in range(1000)]
    report = Doc("月报", [Table(["序", "单位", "件数", "按时", "满意"], rows)], landscape=True, dense=True)

    first = once(lambda: render_pdf(letter, footer=foot, at=AT))
    warm = typical(lambda: render_pdf(letter, footer=foot, at=AT))
    pdf = render_pdf(letter, footer=foot, at=AT)
    reading = typical(lambda: read(pdf))
    table = once(lambda: render_pdf(report, at=AT))
    more = {"first_ms": round(first, 1), "bytes": len(pdf), "1000_rows_ms": round(table, 1)}
    _node.tell("document-pdf", warm, "ms", "pypdf reading it", reading, **more)
    _node.tell("document-issued", issued(), "ms", "setting it alone", warm)


def read(pdf: bytes) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def issued() -> float:
    """One document after another in one case: filled in, numbered, made, recorded."""
    from gezhi.cases.actions import issue_document, make_document
    from gezhi.cases.models import Case
    from tests import cast
    from tests.cases.letters import CATEGORY, publish_letters

    publish_letters(Path(tempfile.mkdtemp()))
    number = cast.reported("三楼楼道灯不亮", category=CATEGORY).case_number
    case, dispatcher = Case.objects.get(number=number), cast.here().actor("dispatcher")
    return typical(lambda: make_document(issue_document(dispatcher, case.pk, "sheet", "请今天修好").pk))


def typical(work: Callable[[], object]) -> float:
    return median(once(work) for _ in range(TIMES))


def once(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
