"""Who may: permissions of roles, the scope of a person's posts, and the mark that every route carries.

Access = role x jurisdiction. Nothing is allowed that no post allows.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from gezhi.lib.codes import place_range
from gezhi.people.models import Account, Post, Role

P = ParamSpec("P")

DESK = "desk"
REPORT_FOR_OTHERS = "report-for-others"
REPORT_FROM_FIELD = "report-from-field"
REPORT_AS_AGENT = "report-as-agent"
IMPORT = "import"
TEACH = "teach"
EXPORT = "export"
CALLBACK = "callback"
CIRCLES = "circles"
PLAN = "plan"
CONTRACTS = "contracts"
PARAMETERS = "parameters"
APPRAISE = "appraise"
COMMAND = "command"
TRIAGE = "triage"
PHRASES = "phrases"

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OPERATOR: frozenset({DESK, CALLBACK, REPORT_FOR_OTHERS, REPORT_AS_AGENT}),
    Role.DISPATCHER: frozenset(
        {DESK, TRIAGE, COMMAND, CIRCLES, REPORT_FOR_OTHERS, IMPORT, TEACH, EXPORT, PLAN, PHRASES}
    ),
    Role.HANDLER: frozenset({DESK, REPORT_FROM_FIELD, EXPORT}),
    Role.VERIFIER: frozenset({DESK, CALLBACK, REPORT_FROM_FIELD, EXPORT}),
    Role.GRID_WORKER: frozenset({DESK, REPORT_FROM_FIELD, REPORT_AS_AGENT}),
    Role.SUPERVISOR: frozenset({DESK, COMMAND, CALLBACK, CIRCLES, EXPORT, APPRAISE, PLAN, PHRASES}),
    Role.LEADER: frozenset({DESK, COMMAND, CIRCLES, EXPORT, APPRAISE, CONTRACTS, PLAN, PARAMETERS, PHRASES}),
    Role.AUDITOR: frozenset({DESK}),
    Role.DATA_STEWARD: frozenset({DESK, IMPORT, EXPORT}),
    Role.ADMINISTRATOR: frozenset(
        {DESK, COMMAND, IMPORT, TEACH, EXPORT, APPRAISE, CONTRACTS, PLAN, PARAMETERS, PHRASES}
    ),
}
UNIT_ROLES = frozenset({Role.HANDLER})  # see what their unit holds; the others see a place
COMMAND_ROLES = frozenset(
    {Role.DISPATCHER}
)  # act on what their level holds, not on what was escalated above it
PARTNER = "partner"  # a handler of a unit that was called to a case and does not lead it


@dataclass(frozen=True, slots=True)
class HeldPost:
    id: int
    role: str
    unit_id: int
    unit_name: str
    place_code: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the posts held today."""

    account_id: int
    name: str
    posts: tuple[HeldPost, ...]

    def may(self, permission: str) -> bool:
        return any(permission in PERMISSIONS.get(post.role, frozenset()) for post in self.posts)

    @property
    def handling_units(self) -> frozenset[int]:
        """The units for which this person handles."""
        return frozenset(post.unit_id for post in self.posts if post.role in UNIT_ROLES)

    def roles_at(
        self, place_code: str, unit_id: int | None, held_code: str = "", partners: Collection[int] = ()
    ) -> frozenset[str]:
        """The roles that this person has towards something at a place, led by a unit (None: nobody yet), held by
        the centre of a jurisdiction ("": the place's own) and with other units as partners."""
        roles = {post.role for post in self.posts if _reaches(post, place_code, unit_id, held_code)}
        if any(post.role in UNIT_ROLES and post.unit_id in partners for post in self.posts):
            roles.add(PARTNER)
        return frozenset(roles)


def _reaches(post: HeldPost, place_code: str, unit_id: int | None, held_code: str) -> bool:
    if post.role in UNIT_ROLES:
        return post.unit_id == unit_id
    low, high = place_range(post.place_code)
    return low <= ((held_code if post.role in COMMAND_ROLES else "") or place_code) < high


def actor_of(account: Account, today: date) -> Actor:
    """One statement."""
    rows = Post.objects.filter(account=account, valid_from__lte=today).exclude(valid_to__lte=today)
    posts = rows.order_by("id").values_list("id", "role", "unit_id", "unit__name", "place_code")
    return Actor(account.pk, account.name, tuple(HeldPost(*row) for row in posts))


class ActorRequest(HttpRequest):
    """A request that passed `requires`."""

    actor: Actor
    user: Account


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
ActorView = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def public(view: View[P]) -> View[P]:
    """Anyone may call this route."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def kept_nowhere(answer: HttpResponseBase) -> HttpResponseBase:
    """What one person may see stays in no cache, not even after signing out; an answer that says otherwise rules."""
    answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer


def requires(permission: str) -> Callable[[ActorView[P]], View[P]]:
    """Only people with a post that gives `permission`; others sign in first, or read why not (403)."""

    def mark(view: ActorView[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, Account):
                return redirect_to_login(request.get_full_path())
            actor = actor_of(request.user, timezone.localdate())
            if not actor.may(permission):
                return render(request, "refused.html", {"actor": actor}, status=403)
            request.actor = actor  # type: ignore[attr-defined]
            return kept_nowhere(view(request, *args, **kwargs))  # type: ignore[arg-type]

        checked.permission = permission  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark
