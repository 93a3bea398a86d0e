"""A report from a form, or what was wrong with each of the form's fields, in the page's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from gezhi.cases.intake.reading import Edge, read_report
from gezhi.cases.intake.shapes import NewReport, Unreadable
from gezhi.packs.forms import Value
from gezhi.pages.asking import Asking
from gezhi.pages.photos import Photos

_OTHER: Final = gettext_lazy("有一项内容没能读懂，请改一改再提交。")


@dataclass(frozen=True, slots=True)
class Wording:
    """`problems`: what to say at a field of the form. `shown_at`: the field, where a report calls it otherwise."""

    problems: Mapping[str, Promise]
    shown_at: Mapping[str, str] = field(default_factory=dict)

    def told(self, unreadable: Unreadable) -> dict[str, str]:
        fields = [self.shown_at.get(fault.field, fault.field) for fault in unreadable.faults]
        return {name: str(self.problems.get(name, _OTHER)) for name in fields}


def read_form(
    given: Mapping[str, str],
    edge: Edge,
    photos: Photos,
    wording: Wording,
    asked: Asking,
    attributes: Mapping[str, Value] | None = None,
) -> tuple[NewReport | None, dict[str, str]]:
    """`attributes`: what the page itself adds to the answers."""
    faults = asked.faults | ({"photos": " ".join(photos.problems)} if photos.problems else {})
    more = {"language": get_language(), "attributes": {**asked.answers.values, **(attributes or {})}}
    try:
        return read_report({**given, **more}, edge, photos.taken), faults
    except Unreadable as unreadable:
        return None, faults | wording.told(unreadable)
