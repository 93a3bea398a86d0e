"""The form of the category that a report is about: asked on the page of the report itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest

from gezhi.cases.world import World
from gezhi.packs.forms import Answers, read_answers
from gezhi.packs.shapes import Form
from gezhi.pages.forms import FormView, Raw, form_view, raw_answers, told
from gezhi.pages.showing import said

_PREFILLED: Final = {
    "text": "text",
    "address": "address",
    "reporter-name": "reporter_name",
    "reporter-phone": "reporter_phone",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What came back. `waits`: the form was not on the page yet, so the person has still to see it."""

    form: Form | None = None
    raw: Raw = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    waits: bool = False

    @property
    def faults(self) -> dict[str, str]:
        return told(self.answers.faults, self.form) if self.form else {}

    def view(
        self, given: Mapping[str, str], *, lenient: bool = False, checked: bool = False
    ) -> FormView | None:
        """`given`: what was typed of the report; `checked`: the faults are shown."""
        if self.form is None:
            return None
        facts = {name: given.get(where, "") for name, where in _PREFILLED.items()}
        faults = self.answers.faults if checked else {}
        return form_view(self.form, self.raw, faults, facts=facts, lenient=lenient)


def asking(request: HttpRequest, category: str, world: World, *, strict: bool = True) -> Asking:
    """`category`: a key, or anything. Without a form of its own there is nothing to ask."""
    form = world.catalogue.form_of(category) if category in world.catalogue.categories else None
    if form is None:
        return Asking()
    raw = raw_answers(request, form)
    waits = request.POST.get("asked") != form.key
    return Asking(form, raw, read_answers(form, raw, strict=strict), waits)


def categories_with_forms(world: World) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """(group, [(key, name)]) of categories that ask more than others."""
    shelves = [
        (said(group.name), [(one.key, said(one.name)) for one in shelf if one.form])
        for group, shelf in world.catalogue.by_group()
    ]
    return [(name, shelf) for name, shelf in shelves if shelf]
