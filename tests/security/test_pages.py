"""The pages of security: for whoever answers for the whole node, in both languages, within few statements."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gezhi.cases.models import Case
from gezhi.ledger.models import Entry
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import record_signal
from gezhi.security.actions import take_up_warnings, watch
from gezhi.security.models import Export, RaisedWarning
from tests.cast import Cast
from tests.security.conftest import SignedIn, taken_by
from tests.security.test_tracing_a_file import part_of
from tests.statements import statements

PAGES = ("", "warnings/", "exports/", "trace/", "review/")


@pytest.fixture
def guarded(city: Cast) -> Cast:
    publish(read_pack(settings.PACKS_DIR / "security"))
    now = timezone.now()
    for number in range(120):
        record_signal("sign-in-failed", None, "203.0.113.9", {}, now - number * timedelta(seconds=1))
    record_signal("export", city.account("dispatcher").pk, "10.0.0.5", {"rows": 60_000}, now)
    watch(now)
    take_up_warnings(now)
    return city


@pytest.fixture
def admin(guarded: Cast, signed_in: SignedIn) -> Client:
    return signed_in("administrator")


def warning(rule: str) -> RaisedWarning:
    return RaisedWarning.objects.get(rule=rule)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_open_in_both_languages(admin: Client, page: str, language: str) -> None:
    answer = admin.get(f"/desk/security/{page}", headers={"accept-language": language})
    assert answer.status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["dispatcher", "handler", "supervisor", "leader", "operator", "grid-worker"])
def test_others_read_why_not(guarded: Cast, signed_in: SignedIn, who: str, page: str) -> None:
    assert signed_in(who).get(f"/desk/security/{page}").status_code == 403


def test_the_situation_names_what_stands_and_whose_clock_runs(admin: Client) -> None:
    page = admin.get("/desk/security/").content.decode()
    assert "同一地址连续登录失败" in page
    assert "203.0.113.9" in page
    assert Case.objects.get(category="sec-access").number in page
    assert "派遣员小李" in page
    assert "剩 3 小时" in page


def test_the_part_that_changes_is_asked_for_alone(admin: Client) -> None:
    part = admin.get("/desk/security/?part=1").content.decode()
    assert "203.0.113.9" in part
    assert "<html" not in part


def test_the_situation_costs_the_same_however_many_warnings_stand(admin: Client) -> None:
    admin.get("/desk/security/?part=1")
    with statements() as few:
        admin.get("/desk/security/?part=1")
    now = timezone.now()
    for number in range(20):
        for _ in range(12):
            record_signal("sign-in-failed", None, f"198.51.100.{number}", {}, now)
    watch(now)
    with statements() as many:
        admin.get("/desk/security/?part=1")
    assert len(many) <= len(few)
    assert len(few) <= 40


def test_nobody_watching_is_seen(admin: Client) -> None:
    from gezhi.security.models import Watched

    Watched.objects.update(at=timezone.now() - timedelta(hours=2))
    assert "没有运行" in admin.get("/desk/security/").content.decode()


def test_a_warning_is_acknowledged_muted_and_taken_up(admin: Client, guarded: Cast) -> None:
    one = warning("sec-large-exports")
    at = f"/desk/security/warnings/{one.pk}/"
    assert "派遣员小李" in admin.get(at).content.decode()
    admin.post(f"{at}answer/", {"do": "acknowledge", "text": "已联系本人"})
    admin.post(f"{at}answer/", {"do": "mute", "text": "年度盘点", "hours": "8"})
    one.refresh_from_db()
    assert one.acknowledged_by == guarded.account("administrator").pk
    assert one.muted_until is not None
    answer = admin.post(f"{at}answer/", {"do": "case"}, follow=True)
    one.refresh_from_db()
    assert one.case_id is not None
    assert Case.objects.get(pk=one.case_id).number in answer.content.decode()


def test_muting_without_a_reason_says_what_is_missing(admin: Client) -> None:
    one = warning("sec-large-exports")
    answer = admin.post(
        f"/desk/security/warnings/{one.pk}/answer/", {"do": "mute", "hours": "8"}, follow=True
    )
    assert "请写明静默的理由" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["?standing=open&level=3", "?rule=sec-large-exports", "?level=x&standing=y&page=99"]
)
def test_warnings_are_filtered(admin: Client, query: str) -> None:
    assert admin.get(f"/desk/security/warnings/{query}").status_code == 200


def test_exports_are_found_by_name_and_number(admin: Client, signed_in: SignedIn, forty: list[str]) -> None:
    taken_by(signed_in("dispatcher"))
    taken_by(signed_in("leader"))
    kept = Export.objects.order_by("id")[0]
    page = admin.get("/desk/security/exports/?who=小李").content.decode()
    assert "派遣员小李" in page
    assert "吴局长" not in page
    spaced = "-".join((kept.number[:4], kept.number[4:8], kept.number[8:]))
    assert spaced in admin.get(f"/desk/security/exports/?number={spaced.lower()}").content.decode()
    assert kept.sha256 in admin.get(f"/desk/security/exports/{kept.number}/").content.decode()
    assert admin.get("/desk/security/exports/NOSUCHNUMBER/").status_code == 404


def test_a_leak_is_sent_or_pasted_and_the_page_says_could(
    admin: Client, signed_in: SignedIn, forty: list[str]
) -> None:
    files = [taken_by(signed_in(name)) for name in ("dispatcher", "second-dispatcher")]
    sent = SimpleUploadedFile("leak.csv", part_of(files[1]))
    page = admin.post("/desk/security/trace/", {"file": sent}).content.decode()
    assert "可能来自的导出" in page
    assert "24 / 24 行在其中" in page
    assert page.index("派遣员小钱") < page.index("派遣员小李", page.index("可能来自的导出"))
    assert "谁应负责，由调查认定" in page
    pasted = admin.post("/desk/security/trace/", {"text": "\n".join(forty[:20])}).content.decode()
    assert "20 / 20 行在其中" in pasted
    assert Entry.objects.filter(kind="security.traced").count() == 2


@pytest.mark.parametrize("given", [{}, {"text": "   "}, {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7")}])
def test_what_is_no_table_is_refused_kindly(admin: Client, given: dict[str, object]) -> None:
    assert admin.post("/desk/security/trace/", given).status_code == 422


def test_an_auditor_looks_and_does_not_act(guarded: Cast, signed_in: SignedIn) -> None:
    from gezhi.people.models import Account, Post, Unit

    auditor = Account.objects.create(username="looks-on", name="审计员小何")
    place, since = settings.NODE_PLACE, timezone.localdate() - timedelta(days=1)
    unit = Unit.objects.get(code="centre")
    Post.objects.create(account=auditor, unit=unit, role="auditor", place_code=place, valid_from=since)
    client = signed_in("looks-on")
    assert client.get("/desk/security/").status_code == 200
    assert client.get("/desk/security/trace/").status_code == 403
    one = warning("sec-large-exports")
    assert client.post(f"/desk/security/warnings/{one.pk}/answer/", {"do": "acknowledge"}).status_code == 403


def test_the_year_is_reviewed_on_a_page_and_on_paper(admin: Client) -> None:
    year = timezone.localdate().year
    page = admin.get(f"/desk/security/review/?year={year}").content.decode()
    assert Case.objects.get(category="sec-access").number in page
    paper = admin.get(f"/desk/security/review/paper/?year={year}")
    assert paper.content.startswith(b"%PDF")
    assert Export.objects.filter(format="pdf", route="desk:security-review-paper").exists()
    assert admin.get("/desk/security/review/?year=1999").status_code == 404
