"""The probes: see probing.py. Each names the filters that it is for."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.access.ground import PLACES
from tests.access.posts import TOWN_OFFICE
from tests.access.probing import (
    DONE,
    actor,
    case_id,
    copies,
    done,
    hidden,
    look,
    month,
    more,
    of,
    refused,
    shown,
    tally,
    told,
    unit_id,
    weighs,
)
from tests.cast import BAISHA, NANMEN, SINCE

if TYPE_CHECKING:
    from tests.access.matrix import Matrix

# Cases, notes, views, papers.


@of("cases/actions/talk.py _case visible(actor)")
def notes(matrix: "Matrix") -> str:
    from gezhi.cases.actions.talk import write_note

    return done(lambda: write_note(actor(matrix, "t-handler"), case_id(matrix, "far"), "看一下"))


@of("cases/actions/views.py save_view ")
def as_many_views_as_others_keep(matrix: "Matrix") -> str:
    from gezhi.cases.actions.views import MOST, save_view
    from gezhi.cases.models import SavedView

    other = matrix.town.accounts["p-far"].pk
    SavedView.objects.bulk_create(SavedView(account_id=other, name=f"n{n}", query="x") for n in range(MOST))
    save_view(matrix.town.accounts["t-handler"].pk, "mine", "x=1")
    return ""


@of("cases/actions/views.py delete_view ")
def anothers_view(matrix: "Matrix") -> str:
    from gezhi.cases.models import SavedView

    view = matrix.town.ids["far"]["view"]
    refused(matrix, "t-handler", f"/desk/cases/views/{view}/forget/", "POST", x="1")
    return "" if SavedView.objects.filter(pk=view).exists() else DONE


@of("cases/queries/documents.py document_in_sight sight_in")
def a_letter_to_a_reporter(matrix: "Matrix") -> str:
    return shown(matrix, "t-partner", f"/desk/documents/{matrix.town.ids['far']['paper']}/")


@of("cases/queries/page.py case_page sight_in")
def a_mask_for_whoever_is_shown_none(matrix: "Matrix") -> str:
    number, phone = matrix.town.ids["far"]["case"], matrix.town.phones["far"]
    return told(matrix, "t-partner", f"/desk/cases/{number}/", f"****{phone[-4:]}")


@of("cases/queries/inbox_powers.py power_sources ")
def emergencies_elsewhere(matrix: "Matrix") -> str:
    return shown(matrix, "t-auditor", "/desk/inbox/?show=all")


@of("cases/queries/listing.py _scope_sql hidden_from")
def counts_of_incidents(matrix: "Matrix") -> str:
    return weighs(matrix, "t-handler", "/desk/", lambda: hidden(matrix))


@of("desk/views/hotline.py _open_nearby ")
def the_same_nearby(matrix: "Matrix") -> str:
    return shown(
        matrix, "t-operator", f"/desk/hotline/hints/?text=路灯不亮&address=白沙社区&place_code={BAISHA}"
    )


@of("cases/queries/circles.py _candidates ")
def circles_elsewhere(matrix: "Matrix") -> str:
    from gezhi.cases.models import CaseEvent

    event = CaseEvent.objects.filter(case_id=case_id(matrix, "far")).latest("seq")
    for kind in ("dispatch", "return", "dispatch", "return"):
        event.pk, event.seq, event.kind, event.at = None, event.seq + 1, kind, timezone.now()
        event.facts, event.text = {"unit": unit_id(matrix, "far")}, ""
        event.save(force_insert=True)
    return shown(matrix, "t-dispatcher", "/desk/circles/")


@of("cases/queries/contact.py shown_reports ")
def a_mask_that_was_lifted_for_another(matrix: "Matrix") -> str:
    look(matrix, "p-child", "child", timezone.now() + timedelta(minutes=9))
    return shown(matrix, "t-handler", f"/desk/cases/{matrix.town.ids['child']['case']}/")


@of("cases/queries/inbox.py _of_post ")
def opened_elsewhere(matrix: "Matrix") -> str:
    from gezhi.people.models import Post, Unit

    unit, account = Unit.objects.get(code=TOWN_OFFICE), matrix.town.accounts["t-nobody"]
    Post.objects.create(
        account=account, unit=unit, role="grid-worker", place_code=PLACES["child"], valid_from=SINCE
    )
    return told(matrix, "t-nobody", "/desk/inbox/?show=all", matrix.town.ids["far"]["case"])


@of("cases/queries/sent.py sent_before ")
def what_anothers_phone_sent(matrix: "Matrix") -> str:
    """Taken for one's own, a step would be answered as done and never come."""
    from gezhi.cases.models import CaseEvent
    from gezhi.cases.queries.sent import sent_before

    event = CaseEvent.objects.filter(case_id=case_id(matrix, "child")).latest("seq")
    event.pk, event.seq, event.facts, event.text = None, event.seq + 1, {"sent": "zz"}, ""
    event.account_id = matrix.town.accounts["p-child"].pk
    event.save(force_insert=True)
    me, number = matrix.town.accounts["t-handler"].pk, matrix.town.ids["child"]["case"]
    return DONE if sent_before(me, number, "zz") is not None else ""


@of("cases/queries/talk.py notes_of ")
def a_mention_of_another(matrix: "Matrix") -> str:
    from gezhi.cases.models import Mention

    ids = matrix.town.ids["child"]

    def add() -> None:
        other = matrix.town.accounts["p-own"].pk
        Mention.objects.create(note_id=int(ids["note"]), account_id=other, at=timezone.now())

    return weighs(matrix, "t-handler", f"/desk/cases/{ids['case']}/", add)


@of("desk/views/undoing.py undo_step ")
def a_step_elsewhere_is_taken_back(matrix: "Matrix") -> str:
    """Not even whether there is such a case is told."""
    path = f"/desk/cases/{matrix.town.ids['far']['case']}/undo/"
    return refused(matrix, "t-dispatcher", path, "POST", version="1")


@of("exchange/rest/queries.py case_id_of ")
def a_step_elsewhere_by_key(matrix: "Matrix") -> str:
    path = f"/api/v1/cases/{matrix.town.ids['far']['case']}/steps/accept"
    return refused(matrix, "t-dispatcher", path, "POST", (404,), version="1", reason="可以")


@of("pages/papers.py issue_paper ")
def a_paper_elsewhere(matrix: "Matrix") -> str:
    path = f"/desk/cases/{matrix.town.ids['far']['case']}/documents/"
    return refused(matrix, "t-dispatcher", path, "POST", template="x", document_reason="x")


@of("rights/queries/asked.py requests_of ")
def requests_elsewhere(matrix: "Matrix") -> str:
    return told(matrix, "t-data-steward", "/desk/rights/?show=all", matrix.town.ids["child"]["request_case"])


@of("field/offline/views/offering.py _here ")
def what_is_commonest_elsewhere(matrix: "Matrix") -> str:
    from gezhi.cases.world import known_world

    keys = [key for key in known_world().catalogue.categories if key.startswith("matter-")]
    number = matrix.town.ids["far"]["case"]
    return weighs(matrix, "t-grid-worker", "/field/report/", lambda: [*copies(number, category=keys[-1])])


# Appraisal.


@of("desk/views/appraisal_asked.py unit_asked ")
def figures_of_another_unit(matrix: "Matrix") -> str:
    path = f"/desk/appraisal/cases/?{month()}&unit={unit_id(matrix, 'far')}"
    return refused(matrix, "t-handler", path)


@of("exchange/rest/api/appraisal_reads.py _sees_unit ")
def figures_of_another_unit_by_key(matrix: "Matrix") -> str:
    path = f"/api/v1/appraisals/cases?{month()}&unit={unit_id(matrix, 'far')}"
    return refused(matrix, "t-handler", path)


def _behind_a_figure(matrix: "Matrix", path: str) -> str:
    tally(matrix, "far")
    return shown(matrix, "t-leader", f"{path}?{month()}")


@of("desk/views/appraisal_cases.py cases ")
def cases_behind_a_figure(matrix: "Matrix") -> str:
    return _behind_a_figure(matrix, "/desk/appraisal/cases/")


@of("desk/views/appraisal_cases.py counted ")
def cases_behind_a_count(matrix: "Matrix") -> str:
    return _behind_a_figure(matrix, "/desk/statistics/cases/")


@of("exchange/rest/api/appraisal_reads.py opened_page ")
def cases_behind_a_figure_by_key(matrix: "Matrix") -> str:
    return _behind_a_figure(matrix, "/api/v1/appraisals/cases")


@of("exchange/rest/api/appraisal_reads.py marks ")
def marks_of_units_elsewhere(matrix: "Matrix") -> str:
    path = f"/api/v1/appraisals/district-score/marks?period={timezone.localdate():%Y-%m}&level=unit"
    return weighs(matrix, "t-supervisor", path, lambda: tally(matrix, "far"))


@of("desk/views/appraisal_profiles.py profile ")
def a_grid_beside_those_of_elsewhere(matrix: "Matrix") -> str:
    """How far a kind of matter stands out here is measured at the places that are seen."""
    path = f"/desk/appraisal/grids/{PLACES['child']}/"
    tally(matrix, "child", "matter-01037", 20)
    tally(matrix, "own", "matter-01001", 20)
    return weighs(matrix, "t-leader", path, lambda: tally(matrix, "far", "matter-01001", 90))


@of("exchange/rest/api/appraisal_reads.py _profiles is_within")
def grids_elsewhere(matrix: "Matrix") -> str:
    return refused(matrix, "t-leader", f"/api/v1/grids/profiles?place={PLACES['far']}")


@of("cases/actions/urging.py _urge ")
def the_number_of_a_case_elsewhere(matrix: "Matrix") -> str:
    from gezhi.cases.actions.urging import urge_many

    urged = urge_many(actor(matrix, "t-dispatcher"), [case_id(matrix, "far")])
    return ", ".join([*urged.done, *urged.already, *(number for number, _ in urged.refused)])


@of("desk/views/appraisal_appeals.py lodge ")
def the_form_of_anothers_appeal(matrix: "Matrix") -> str:
    tally(matrix, "far")
    case, unit = case_id(matrix, "far"), unit_id(matrix, "far")
    return shown(matrix, "t-handler", f"/desk/appraisal/appeals/new/{case}/{unit}/")


@of("insight/actions/appeals.py lodge_appeal ")
def an_appeal_for_another_unit(matrix: "Matrix") -> str:
    from gezhi.insight.actions.appeals import lodge_appeal
    from gezhi.insight.models import Appeal

    Appeal.objects.all().delete()
    tally(matrix, "far")
    case, unit = case_id(matrix, "far"), unit_id(matrix, "far")
    return done(lambda: lodge_appeal(actor(matrix, "t-handler"), case, unit, "不是我们的"))


@of("insight/actions/appeals.py _require_judge is_within")
def an_appeal_elsewhere_is_judged(matrix: "Matrix") -> str:
    from gezhi.insight.actions.appeals import decide_appeal

    appeal = int(matrix.town.ids["far"]["appeal"])
    return done(lambda: decide_appeal(actor(matrix, "t-leader"), appeal, False, "不成立"))


@of("insight/actions/appeals.py _require_judge {post.unit_id")
def an_appeal_here_is_judged(matrix: "Matrix") -> str:
    """It says whose hands are bound: with all units in it nobody could judge."""
    from gezhi.insight.actions.appeals import decide_appeal

    appeal = int(matrix.town.ids["child"]["appeal"])
    decided = done(lambda: decide_appeal(actor(matrix, "t-leader"), appeal, False, "不成立"))
    return "" if decided else "nobody may judge"


@of("insight/queries/inbox.py appeal_sources ")
def decided_elsewhere(matrix: "Matrix") -> str:
    from gezhi.insight.models import Appeal

    words = matrix.town.word("appeal", 3, "far")
    Appeal.objects.filter(pk=matrix.town.ids["far"]["appeal"]).update(
        state="refused", answer=words, decided_at=timezone.now()
    )
    return shown(matrix, "t-leader", "/desk/inbox/?show=all")


# Command.


@of("insight/queries/board/look.py _place ")
def a_place_that_is_not_commanded(matrix: "Matrix") -> str:
    return refused(matrix, "t-leader", f"/command/board/?place={PLACES['far']}")


@of("insight/queries/board/efficiency.py _open_by_place ")
def grids_with_incidents(matrix: "Matrix") -> str:
    path = "/command/places/?level=grid&box=121,29,122,30"
    return weighs(matrix, "t-leader", path, lambda: hidden(matrix))


@of("insight/queries/board/holders.py held_by ")
def who_holds_what_is_overdue(matrix: "Matrix") -> str:
    from gezhi.cases.models import Case

    Case.objects.filter(id=case_id(matrix, "child")).update(due_at=timezone.now() - timedelta(hours=2))
    return weighs(matrix, "t-leader", "/command/phone/", lambda: more(matrix, "far"))


@of("insight/queries/board/replay.py _events ", "insight/queries/board/replay.py _stood_at ")
def a_day_with_incidents(matrix: "Matrix") -> str:
    return weighs(matrix, "t-leader", f"/command/replay/?place={NANMEN}", lambda: hidden(matrix))


@of("insight/queries/board/standing.py closings ")
def closed_elsewhere(matrix: "Matrix") -> str:
    now, number = timezone.now(), matrix.town.ids["far"]["case"]
    closed = {"is_open": False, "closed_at": now, "state": "closed", "rating": 5, "due_at": None}
    return weighs(matrix, "t-leader", "/command/board/", lambda: [*copies(number, **closed)])
