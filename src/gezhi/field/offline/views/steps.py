"""A step that comes from a phone's queue."""

from django.http import JsonResponse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gezhi.cases.contact import masked_text
from gezhi.cases.queries import CasePage, case_page, sent_before
from gezhi.field.offline.views.arriving import done, gone, not_yet, refused, sent_of
from gezhi.pages.asked import number as number_in
from gezhi.pages.asked import posted
from gezhi.pages.showing import english, said, who_words
from gezhi.pages.taking import Trouble, after_step, done_words, try_step
from gezhi.people.access import ActorRequest


def step_from_queue(request: ActorRequest, number: str) -> JsonResponse:
    """One statement more than from a browser's form: whether the step came before. Without the version that the phone
    knew, two that come in one instant would both be taken."""
    if early := not_yet(request):
        return early
    if number_in(posted(request, ("version",))["version"]) is None:
        return refused("")
    if before := _before(request, number):
        return before
    found = case_page(request.actor, number, timezone.now())
    if found is None:
        return gone(_("案件 %(number)s 已不在您的范围内。") % {"number": number})
    trouble = try_step(request, found, sent_of(request))
    if trouble is None:
        words = done_words(found, posted(request, ("step",))["step"])
        return done(words, _next_page(request, number), number, found.case.version + 1)
    return _before(request, number) or _trouble(request, number, trouble)


def _before(request: ActorRequest, number: str) -> JsonResponse | None:
    """What a step that came before came to."""
    version = sent_before(request.actor.account_id, number, sent_of(request))
    if version is None:
        return None
    words = _("%(number)s：已送达") % {"number": number}
    return done(words, _next_page(request, number), number, version)


def _next_page(request: ActorRequest, number: str) -> str:
    return after_step(request, number, "field:case", "field:home")["Location"]


def _trouble(request: ActorRequest, number: str, trouble: Trouble) -> JsonResponse:
    now = case_page(request.actor, number, timezone.now())
    if now is None:
        return gone(_("案件 %(number)s 已不在您的范围内。") % {"number": number})
    if not trouble.stale:
        return refused(trouble.refused, trouble.answer.faults)
    words = _("案件 %(number)s 在您离线时有变化。") % {"number": number}
    return refused(words, newer=_newer(request, now, trouble.step))


def _newer(request: ActorRequest, now: CasePage, step: str) -> dict[str, object]:
    """What others did since the phone last knew the case, and whether the step could be taken now."""
    known = number_in(posted(request, ("version",))["version"]) or 0
    at = 1 if english() else 0
    return {
        "state": said(now.state.title),
        "version": now.case.version,
        "may": any(one.transition.key == step and one.refusal is None for one in now.options),
        "since": [
            {
                "title": event.title[at],
                "who": who_words(event.role, event.who, event.for_who),
                "at": f"{localtime(event.at):%m-%d %H:%M}",
                "text": masked_text(event.text),
            }
            for event in now.events
            if event.seq > known
        ],
    }
