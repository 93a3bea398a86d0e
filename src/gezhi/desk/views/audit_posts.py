"""How posts changed: asked for, granted, refused, handed over, taken back."""

from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gezhi.desk.views.page import page
from gezhi.pages.asked import number
from gezhi.pages.showing import role_name
from gezhi.people.access import AUDIT, ActorRequest, requires
from gezhi.people.queries.changes import PostChange, post_changes_in
from gezhi.people.queries.looking import audited_places
from gezhi.places.queries import place_names

_PAGE: Final = 50
_WORDS: Final = {
    "asked": _("提名"),
    "granted": _("同意任命"),
    "refused": _("不同意任命"),
    "delegated": _("委托"),
    "delegation-ended": _("终止委托"),
}


@requires(AUDIT)
@require_GET
def changes(request: ActorRequest) -> HttpResponse:
    after = number(request.GET.get("after", "")) or 0
    found = post_changes_in(audited_places(request.actor), after, _PAGE + 1)
    places = place_names(one.place_code for one in found)
    context = {
        "lines": [
            (one, str(_WORDS[one.kind]), role_name(one.role), places.get(one.place_code, ""), _last(one))
            for one in found[:_PAGE]
        ],
        "next": after + _PAGE if len(found) > _PAGE else None,
        "tab": "posts",
    }
    return page(request, "desk/audit_posts.html", context, at="desk:audit")


def _last(one: PostChange) -> date | None:
    return one.until - timedelta(days=1) if one.until else None
