"""Gives a demonstration city what two days of history lack, so that no page is empty: `furnish.py DATA`."""

import sys
from pathlib import Path

from tools.gallery.looked import look_around


def furnish() -> None:
    """A file that was imported, a bulletin, work verified and work that is late, a reporter who is dissatisfied and
    one who was helped. Done once."""
    from gezhi.cases.models import Callback, ImportRun, Report
    from gezhi.insight.models import Bulletin
    from gezhi.rights.models import Request
    from gezhi.sensing.models import BackfillRun, SensedWarning, TrainedForecast

    if not ImportRun.objects.exists():
        _import_a_file()
    if not Bulletin.objects.exists():
        _publish_a_bulletin()
    if not Callback.objects.exists():
        _verify_what_was_handled()
        _rate_badly()
        _let_limits_pass()
    if not Report.objects.filter(source="agent").exists():
        _report_for_somebody()
    if not Request.objects.exists():
        _ask_to_be_erased()
    if not SensedWarning.objects.exists():
        _let_it_pour()
    if not BackfillRun.objects.exists():
        _bring_in_readings()
    if not TrainedForecast.objects.exists():
        _forecast()
    look_around()


def _ask_to_be_erased() -> None:
    """A resident whose matter is closed asks to be forgotten, and why another went to that unit."""
    from gezhi.cases.models import Report, Reporter
    from gezhi.rights.actions import open_request
    from gezhi.rights.actions.asking import Asked
    from gezhi.rights.models import Right
    from gezhi.rights.queries.people import person_of_number

    known = Reporter.objects.exclude(phone="")
    named = Report.objects.filter(case__is_open=False, id__in=known.values("report_id"))
    closed = named.order_by("-id").first()
    if closed is not None:
        person = person_of_number(known.get(report_id=closed.pk).phone)
        open_request(person, Asked(Right.DELETE, "已经办好，请删除我的信息"))
        open_request(person, Asked(Right.EXPLAIN, "为什么派给这个单位", None, closed.pk))


def _let_it_pour() -> None:
    """A cloudburst over one gauge: its monitor waits for nothing, and gathers for a minute."""
    from datetime import timedelta

    from django.utils import timezone

    from gezhi.sensing.actions.raising import raise_warnings
    from gezhi.sensing.actions.taking import take
    from gezhi.sensing.columns import Columns
    from gezhi.sensing.models import Datastream

    gauges = Datastream.objects.filter(thing__kind="rain-gauge", observed_property__code="rain1h")
    series = gauges.order_by("id").values_list("id", flat=True).first()
    now = timezone.now()
    if series is not None:
        take(Columns.of([series], [round(now.timestamp() * 1000)], [55.0]), "gallery", now)
        raise_warnings(now + timedelta(seconds=90))


def _bring_in_readings() -> None:
    """What a station kept while its line was down, with a time and a value that are none."""
    from io import BytesIO

    from django.core.files.uploadedfile import InMemoryUploadedFile
    from django.utils import timezone

    from gezhi.exchange.backfill.actions import bring_in, run_backfill
    from gezhi.people.access import actor_of
    from gezhi.people.models import Account
    from gezhi.sensing.models import Datastream

    series = Datastream.objects.order_by("id").values_list("id", flat=True).first()
    rows = [f"{series},2026-01-0{day} {hour:02}:00,{hour / 10}" for day in (1, 2) for hour in range(24)]
    rows[3], rows[30] = f"{series},2026-01-01 25:00,0.3", f"{series},2026-01-02 06:00,断线"
    data = "\n".join(["series,at,value", *rows, "999999,2026-01-03 00:00,1"]).encode()
    file = InMemoryUploadedFile(BytesIO(data), "file", "station-january.csv", "text/csv", len(data), None)
    actor = actor_of(Account.objects.get(username="dispatcher"), timezone.localdate())
    run_backfill(bring_in(file, "station-january.csv", actor))


def _forecast() -> None:
    """Two days are too few to learn from, and the page says so."""
    from django.utils import timezone

    from gezhi.sensing.actions.forecasting import train_all

    train_all(timezone.now())


def _import_a_file() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from gezhi.exchange.files.actions import start, store_upload
    from gezhi.exchange.files.mapping import mapping_from

    rows = "编号,内容,区域\n1,文昌街路灯不亮,\n2,,\n3,井盖松动,999\n".encode()
    fields = {"text": "内容", "place_code": "区域"}
    mapping = mapping_from({"source": "hotline-file", "id": "编号", "fields": fields})
    start(store_upload(SimpleUploadedFile("hotline.csv", rows), "hotline.csv"), mapping, None)


def _publish_a_bulletin() -> None:
    from django.utils import timezone

    from gezhi.insight.actions.bulletins import publish_bulletin
    from gezhi.insight.periods import Period
    from gezhi.insight.queries.methods import methods

    monthly = next(key for key, versions in methods().items() if versions[0].appraisal.period == "month")
    publish_bulletin(monthly, Period.of("month", timezone.localdate()).name)


def _verify_what_was_handled() -> None:
    """Residents can rate what they reported."""
    from django.db.models import Exists, OuterRef
    from django.utils import timezone

    from gezhi.cases.actions import act
    from gezhi.cases.models import Case, Reporter
    from gezhi.cases.procedure import Given
    from gezhi.people.access import actor_of
    from gezhi.people.models import Account

    verifier = actor_of(Account.objects.get(username="verifier"), timezone.localdate())
    handled = Case.objects.filter(state="handled", procedure="standard", reports__source="portal")
    named = Exists(Reporter.objects.filter(report_id=OuterRef("reports__id")))
    known = handled.annotate(named=named).order_by("named", "-id").values_list("id", flat=True)
    for case_id in dict.fromkeys(known[:8]):
        act(verifier, case_id, "verify", Given())


def _let_limits_pass() -> None:
    """Two towns are red: a dozen cases of each are in hand for too long."""
    from datetime import timedelta

    from django.db.models import Count
    from django.db.models.functions import Left
    from django.utils import timezone

    from gezhi.cases.models import Case

    now = timezone.now()
    waiting = Case.objects.filter(is_open=True, state="handling", state_at__lt=now - timedelta(hours=2))
    waiting = waiting.annotate(town=Left("place_code", 9))
    busiest = waiting.values_list("town").annotate(n=Count("id")).order_by("-n", "town")[:40]
    of_counties: dict[str, str] = {}
    for town, _cases in busiest:
        of_counties.setdefault(town[:6], town)
    for town in list(of_counties.values())[:2]:
        late = list(waiting.filter(town=town).values_list("id", flat=True)[:12])
        Case.objects.filter(pk__in=late).update(due_at=now - timedelta(minutes=5))


def _rate_badly() -> None:
    from gezhi.cases.actions import act_as_reporter
    from gezhi.cases.models import Report
    from gezhi.cases.procedure import Given, Refused

    told = Report.objects.filter(source="portal", rating=None, case__is_open=False).order_by("id")
    for report in told[:20]:
        try:
            act_as_reporter(report.case_id, report.pk, "rate", Given(rating=1, text="没有解决"))
        except Refused:
            continue
        return


def _report_for_somebody() -> None:
    from django.utils import timezone

    from gezhi.cases.intake.door import accept
    from gezhi.cases.intake.shapes import NewReport
    from gezhi.people.models import Account, Post

    account = Account.objects.get(username="gridworker")
    post = Post.objects.select_related("unit").filter(account=account).order_by("id")[0]
    said = NewReport(
        source="agent",
        source_id="gallery",
        text="楼道灯坏了，晚上看不见台阶",
        occurred_at=timezone.now(),
        place_code=post.place_code,
        reporter_name="王秀英",
        attributes={"agent": f"{post.unit.name} {account.name}", "agent-consent": "given"},
        submitted_by_id=account.pk,
    )
    accept([said])


def main() -> None:
    from gezhi.config import cli

    cli.use_data(Path(sys.argv[1]))
    cli.prepare()
    furnish()


if __name__ == "__main__":
    main()
