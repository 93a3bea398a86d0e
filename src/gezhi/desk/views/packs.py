"""Scenario packs as published: what each holds, its procedures drawn, and whether its situations go as they say."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.situations import run_pack
from gezhi.cases.workdays import is_workday
from gezhi.desk.views.page import page
from gezhi.packs.drawing import Language, draw
from gezhi.packs.queries import active_packs, needed_of, published_versions
from gezhi.packs.reference import Story, sections, stories
from gezhi.packs.shapes import Pack
from gezhi.pages.showing import english, said
from gezhi.people.access import DESK, ActorRequest, requires


@dataclass(frozen=True, slots=True)
class PackLine:
    name: str
    title: str
    about: str
    version: str
    categories: int
    procedures: int
    situations: int


@dataclass(frozen=True, slots=True)
class Told:
    """A story with why it failed; empty when it went as it says."""

    story: Story
    failure: str


def _language() -> Language:
    return "en" if english() else "zh"


@requires(DESK)
@require_GET
def pack_list(request: ActorRequest) -> HttpResponse:
    lines = [_line(one.pack) for one in active_packs().values()]
    return page(request, "desk/packs.html", {"packs": lines}, at="desk:packs")


def _line(pack: Pack) -> PackLine:
    counts = len(pack.categories), len(pack.procedures), len(pack.situations)
    manifest = pack.manifest
    return PackLine(manifest.name, said(manifest.title), said(manifest.about), manifest.version, *counts)


def _active(name: str) -> Pack:
    found = active_packs().get(name)
    if found is None:
        raise Http404(_("没有这个场景包。"))
    return found.pack


@requires(DESK)
@require_GET
def pack(request: ActorRequest, name: str) -> HttpResponse:
    one = _active(name)
    needed, language = needed_of(one), _language()
    failed = _failures(one.digest, one.manifest.name)
    context = {
        "manifest": one.manifest,
        "title": said(one.manifest.title),
        "about": said(one.manifest.about),
        "history": [p.pack.manifest.version for p in published_versions(name)][::-1],
        "sections": sections(one, needed, language),
        "stories": [Told(story, failed.get(story.title, "")) for story in stories(one, needed, language)],
        "failed": len(failed),
        "deviations": request.GET.get("deviations") != "no",
    }
    return page(request, "desk/pack.html", context, at="desk:packs")


@lru_cache(maxsize=64)
def _failures(digest: str, name: str) -> dict[str, str]:
    """Situation -> what went otherwise; a published version never changes, so neither does the answer."""
    one = _active(name)
    failures = run_pack(one, is_workday, tuple(needed_of(one).values()))
    return {failure.situation: failure.problem for failure in failures}


@requires(DESK)
@require_GET
def drawing(request: ActorRequest, name: str, procedure: str) -> HttpResponse:
    found = next((one for one in _active(name).procedures if one.key == procedure), None)
    if found is None:
        raise Http404(_("没有这个流程。"))
    drawn = draw(found, _language(), deviations=request.GET.get("deviations") != "no")
    return HttpResponse(drawn, content_type="image/svg+xml")
