"""Taking a step that a case's page offered, and showing the page again when it could not be taken."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.actions import Stale, act
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import CasePage, beside, case_page, visible
from gezhi.cases.queries.documents import documents_of_case
from gezhi.cases.world import World
from gezhi.packs.shapes import Kind
from gezhi.pages.acting import Answer, StepForm, answer_of, barred_steps, step_form, units_for, words_of
from gezhi.pages.asked import number, posted
from gezhi.pages.case_readings import sensed_case
from gezhi.pages.case_together import asked_view, card_views, family_view, partner_views
from gezhi.pages.case_view import case_facts, event_views, near_views, report_views, similar_view
from gezhi.pages.filling import step_filled, step_form_view
from gezhi.pages.grid_map import grid_map
from gezhi.pages.guesses import guess_views
from gezhi.pages.lines import category_options
from gezhi.pages.masks import shown_to, unmasking
from gezhi.pages.papers import paper_choices, paper_views
from gezhi.pages.showing import said
from gezhi.people.access import ActorRequest
from gezhi.people.giving import Matter


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a step that was asked for was not done, and what its form held."""

    step: str
    answer: Answer
    refused: str = ""
    stale: bool = False

    @property
    def status(self) -> int:
        return 409 if self.stale else 422


def case_in_sight(request: ActorRequest, number: str) -> CasePage:
    """Raises Http404 for a case that does not exist or that the person's posts do not reach."""
    found = case_page(request.actor, number, timezone.now())
    if found is None:
        raise Http404
    return found


def take_step(request: ActorRequest, found: CasePage) -> Trouble | None:
    """The step of the form that came back. None: it was taken, and the person is told so."""
    trouble = try_step(request, found)
    if trouble is None:
        messages.success(request, done_words(found, request.POST["step"].strip()), "good")
    return trouble


def try_step(request: ActorRequest, found: CasePage, sent: str = "") -> Trouble | None:
    """`sent`: see `cases.actions.Step`."""
    step, version = posted(request, ("step", "version")).values()
    answer = answer_of(request, found.world, step_filled(request, found, step))
    if answer.faults:
        return Trouble(step, answer)
    try:
        act(request.actor, found.case.pk, step, answer.given, number(version), sent)
    except Refused as refused:
        return Trouble(step, answer, refused=words_of(refused))
    except Stale:
        return Trouble(step, answer, stale=True)
    return None


def after_step(request: ActorRequest, number: str, case_route: str, home_route: str) -> HttpResponse:
    """Back to the case, as long as it is still in this person's sight."""
    if Case.objects.filter(visible(request.actor), number=number).exists():
        return redirect(reverse(case_route, args=[number]))
    return redirect(home_route)


def done_words(found: CasePage, step: str) -> str:
    done = next((one.done for one in found.procedure.transitions if one.key == step), None)
    return _("%(number)s：%(done)s") % {"number": found.case.number, "done": said(done) if done else step}


def case_context(request: ActorRequest, found: CasePage, trouble: Trouble | None = None) -> dict[str, object]:
    """What components/case_*.html draw. The forms post to the page's own address."""
    case, world = found.case, found.world
    map, around = grid_map(case.place_code, case.lon, case.lat), beside(request.actor, case)
    units = units_for(world, _matter(case, world), case.suggested_unit_id)
    shown = shown_to(request.actor, case.pk)
    forms = _forms(found, shown, trouble)
    return {
        "case": case_facts(found, timezone.now()),
        "sensed": sensed_case(case, request.actor, timezone.now()),
        "reports": report_views(found, shown),
        "unmasking": unmasking(found, request.actor),
        "timeline": event_views(found, bool(shown)),
        "earlier": case.version - len(found.events),
        "shelves": _shelves(forms),
        "asked": asked_view(found),
        "partners": partner_views(found),
        "cards": card_views(found),
        "family": family_view(found),
        "barred": barred_steps(found.options),
        "stale": _step_title(found, trouble.step) if trouble and trouble.stale else "",
        "refused": trouble.refused if trouble else "",
        "version": case.version,
        "units": units,
        "callable": [unit for unit in units if unit[0] not in _taking_part(found)],
        "map": map,
        "near": near_views(around.near, map, world),
        "guesses": guess_views(found.guesses, world),
        "similar": [similar_view(one, world) for one in around.similar],
        "categories": category_options(world) if _asks(forms, "category") else "",
        "papers": paper_views(documents_of_case(case.pk)),
        "paper_choices": paper_choices(request.actor, case, world),
    }


def _asks(forms: Iterable[StepForm], need: str) -> bool:
    return any(ask.need == need for form in forms for ask in form.asks)


def _taking_part(found: CasePage) -> set[int | None]:
    """Nobody calls those who lead or were called already."""
    return {found.case.unit_id, *(one.unit_id for one in found.assignments if one.kind != "lead")}


def _matter(case: Case, world: World) -> Matter:
    kind = world.catalogue.category(case.category)
    return Matter(case.category, case.function or kind.function, kind.grids, case.place_code)


def _step_title(found: CasePage, key: str) -> str:
    return next((said(step.title) for step in found.procedure.transitions if step.key == key), key)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Steps that belong together; those of the straight way stand first and have no title."""

    key: str
    title: str
    forms: list[StepForm]

    @property
    def opened(self) -> bool:
        return any(form.opened for form in self.forms)


_SHELVES: Final = {
    "main": "",
    "together": gettext_lazy("会同与流转"),
    "time": gettext_lazy("时限与层级"),
    "supervise": gettext_lazy("督办"),
    "other": gettext_lazy("更正与其他"),
}


def _shelves(forms: list[StepForm]) -> list[Shelf]:
    shelves = [
        Shelf(key, str(title), [form for form in forms if form.shelf == key])
        for key, title in _SHELVES.items()
    ]
    return [shelf for shelf in shelves if shelf.forms]


def _forms(found: CasePage, shown: Collection[int], trouble: Trouble | None) -> list[StepForm]:
    """The forms of what may be done; the one that could not be done keeps what was typed."""
    forms = []
    for one in found.options:
        if one.refusal is None and (one.transition.kind != Kind.SPLIT or found.case.report_count > 1):
            answer = trouble.answer if trouble and trouble.step == one.transition.key else None
            filled = answer.filled if answer else None
            view = step_form_view(found, one.transition, shown, filled)
            forms.append(step_form(one, answer, view))
    return forms
