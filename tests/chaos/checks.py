"""What must be true after any number of kills, read from the database and from the disk."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, F, Max, Min
from django.utils import timezone

from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.photos import photo_path
from gezhi.ledger import queries as ledger
from gezhi.ledger.models import Entry
from gezhi.notices.actions import due
from gezhi.notices.models import Notice
from tests.chaos.gateway import Gateway
from tests.chaos.load import Book

_COUNTS = """
SELECT (SELECT count(*) FROM cases_caseevent), (SELECT count(*) FROM ledger_entry WHERE kind LIKE 'case.%')
"""


def broken_promises(book: Book, gateway: Gateway) -> list[str]:
    return [*_reports(book), *_steps(book), *_events(), *_entries(), *_notices(gateway), *_photos()]


def _reports(book: Book) -> Iterator[str]:
    acknowledged = dict(book.acknowledged)  # before the rows are read: more may come meanwhile
    kept = Report.objects.values_list("source_id", "tracking_code")
    times = Counter(source_id for source_id, _ in kept)
    codes = dict(kept)
    yield from (f"report {one}: acknowledged, not there" for one in acknowledged if one not in codes)
    yield from (f"report {one}: there {count} times" for one, count in times.items() if count > 1)
    yield from (f"report {one}: nobody sent it" for one in codes if one not in book.asked)
    yield from (
        f"report {one}: another code was acknowledged"
        for one, code in acknowledged.items()
        if codes.get(one, code) != code
    )
    yield from (f"report {one}" for one in book.contradictions)
    yield from (f"refused: {one}" for one in book.refused)


def _steps(book: Book) -> Iterator[str]:
    """Each acknowledged step is there once, as that version of its case."""
    taken = dict(book.taken)
    numbers = {number for number, _ in taken}
    rows = CaseEvent.objects.filter(case__number__in=numbers).values_list("case__number", "seq", "transition")
    kept = {(number, seq): transition for number, seq, transition in rows}
    yield from (
        f"case {number}: {step} as version {version} was acknowledged, there is {kept.get((number, version))}"
        for (number, version), step in taken.items()
        if kept.get((number, version)) != step
    )


def _events() -> Iterator[str]:
    cases = Case.objects.annotate(first=Min("events__seq"), last=Max("events__seq"), many=Count("events"))
    broken = cases.exclude(first=1, last=F("version"), many=F("version"))
    yield from (
        f"case {case.number}: version {case.version}, {case.many} events from {case.first} to {case.last}"
        for case in broken
    )
    counted = Case.objects.annotate(many=Count("reports")).exclude(many=F("report_count"))
    yield from (
        f"case {case.number}: counts {case.report_count} reports, has {case.many}" for case in counted
    )


def _entries() -> Iterator[str]:
    verdict = ledger.verify(files=False)
    yield from (f"entry {broken}: does not match its hash" for broken in verdict.broken)
    yield from (f"ledger: {finding}" for finding in verdict.findings)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        events, entries = cursor.fetchone()
    restored = sum(
        json.loads(bytes(one))["facts"]["lost"]
        for one in Entry.objects.filter(kind="ledger.adopted").values_list("body", flat=True)
    )  # entries of acts that a restored database lost stay in the ledger, which is one history
    if not events <= entries <= events + restored:
        yield f"{events} events, but {entries} entries, of which {restored} may be of lost acts"


def _notices(gateway: Gateway) -> Iterator[str]:
    """Sent exactly when the gateway said yes; a key always with the same words; one first answer a report."""
    for notice in Notice.objects.all():
        bodies = gateway.taken.get(f"notice-{notice.pk}", [])
        if notice.sent_at is not None and not bodies:
            yield f"notice {notice.pk}: said to be sent, the gateway never took it"
        if any(json.loads(body) != {"to": notice.to, "text": notice.text} for body in bodies):
            yield f"notice {notice.pk}: its key came with other words"
    first = Notice.objects.filter(message__in=("received", "joined"))
    answered = Counter(first.values_list("report_id", flat=True))
    yield from (
        f"report {pk}: {answered[pk]} first answers"
        for pk in Report.objects.values_list("id", flat=True)
        if answered[pk] != 1
    )


def _photos() -> Iterator[str]:
    for evidence in Evidence.objects.all():
        path = photo_path(str(evidence.key))
        if not path.exists():
            yield f"photo {evidence.key}: its file is not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != evidence.sha256:
            yield f"photo {evidence.key}: its file is another"


def left_waiting() -> int:
    """Those that are due: what is said of a step that may still be taken back is held for half a minute."""
    return due(timezone.now()).count()
