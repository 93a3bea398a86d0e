"""Who may: permissions of roles, the scope of a person's posts, and the mark that every route carries.

Access = role x jurisdiction x grade x purpose. Nothing is allowed that no post allows: posts of one's own, posts that
others handed over for days, and, for looking only, a case or place opened in an emergency. Grades and purposes are
`people.duty`'s.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from gezhi.lib.codes import is_within, place_range
from gezhi.people.duties_apart import Doer
from gezhi.people.models import Account, Role
from gezhi.people.queries.powers import held_powers
from gezhi.people.signing_in.gate import held_back

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
CONTACT = "contact"
BREAK_GLASS = "break-glass"
STAFFING = "staffing"
AUDIT = "audit"
VOUCHED = "vouched"  # sees how far others vouch for the ledger, and is warned when they lag
OVERSEE = "oversee"
KEEPING = "keeping"
SECURITY = "security"  # sees warnings, exports and where a leak could have come from
SECURE = "secure"  # acts on them
RIGHTS = "rights"  # answers requests about personal data, sees what is kept how long
COUNTER = "counter"  # helps whoever stands at the counter to their rights
WATCH = "watch"  # acknowledges and silences warnings of readings, keeps things
_AT_WORK = frozenset({DESK, CONTACT, BREAK_GLASS})

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OPERATOR: _AT_WORK | {CALLBACK, REPORT_FOR_OTHERS, REPORT_AS_AGENT, COUNTER},
    Role.DISPATCHER: _AT_WORK
    | {TRIAGE, COMMAND, CIRCLES, REPORT_FOR_OTHERS, IMPORT, TEACH, EXPORT, PLAN, PHRASES, WATCH},
    Role.HANDLER: _AT_WORK | {REPORT_FROM_FIELD, EXPORT, WATCH},
    Role.VERIFIER: _AT_WORK | {CALLBACK, REPORT_FROM_FIELD, EXPORT},
    Role.GRID_WORKER: _AT_WORK | {REPORT_FROM_FIELD, REPORT_AS_AGENT},
    Role.SUPERVISOR: _AT_WORK | {COMMAND, CALLBACK, CIRCLES, EXPORT, APPRAISE, PLAN, PHRASES, WATCH},
    Role.LEADER: _AT_WORK
    | {COMMAND, CIRCLES, EXPORT, APPRAISE, CONTRACTS, PLAN, PARAMETERS, PHRASES, OVERSEE, VOUCHED, RIGHTS}
    | {WATCH},
    Role.AUDITOR: frozenset({DESK, AUDIT, SECURITY, VOUCHED}),
    Role.DATA_STEWARD: _AT_WORK | {IMPORT, EXPORT, RIGHTS, COUNTER},
    Role.ADMINISTRATOR: _AT_WORK
    | {COMMAND, IMPORT, TEACH, EXPORT, APPRAISE, CONTRACTS, PLAN, PARAMETERS, PHRASES, STAFFING, KEEPING}
    | {SECURITY, SECURE, VOUCHED, WATCH},
}
UNIT_ROLES = frozenset({Role.HANDLER})  # see what their unit holds; the others see a place
COMMAND_ROLES = frozenset(
    {Role.DISPATCHER}
)  # act on what their level holds, not on what was escalated above it
BLIND_ROLES = frozenset({Role.AUDITOR})  # audit how cases are used and read none
PARTNER = "partner"  # a handler of a unit that was called to a case and does not lead it


@dataclass(frozen=True, slots=True)
class HeldPost:
    """`for_id` and `for_name`: of whoever handed the post over; None: it is the person's own."""

    id: int
    role: str
    unit_id: int
    unit_name: str
    place_code: str
    for_id: int | None = None
    for_name: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case, or a place, that was opened in an emergency: to look at, until an instant."""

    id: int
    case_id: int | None
    place_code: str
    until: datetime

    def shows(self, case_id: int, place_code: str) -> bool:
        if self.case_id is not None:
            return case_id == self.case_id
        low, high = place_range(self.place_code)
        return low <= place_code < high


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the posts held today, others' posts last; and what is open in an emergency."""

    account_id: int
    name: str
    posts: tuple[HeldPost, ...]
    opened: tuple[Opened, ...] = ()

    @property
    def roles(self) -> set[str]:
        return {post.role for post in self.posts}

    def may(self, permission: str) -> bool:
        return any(permission in PERMISSIONS.get(post.role, frozenset()) for post in self.posts)

    def may_at(self, permission: str, place_code: str) -> bool:
        """By a post that reaches the whole of a place."""
        giving = [post for post in self.posts if permission in PERMISSIONS.get(post.role, frozenset())]
        return any(is_within(place_code, post.place_code) for post in giving)

    @property
    def handling_units(self) -> frozenset[int]:
        """The units for which this person handles."""
        return frozenset(post.unit_id for post in self.posts if post.role in UNIT_ROLES)

    @property
    def seen_places(self) -> tuple[str, ...]:
        """The codes of the places whose cases this person's posts let them see."""
        unseeing = UNIT_ROLES | BLIND_ROLES
        return tuple(dict.fromkeys(post.place_code for post in self.posts if post.role not in unseeing))

    @property
    def own_posts(self) -> tuple[HeldPost, ...]:
        return tuple(post for post in self.posts if post.for_id is None)

    def roles_at(
        self, place_code: str, unit_id: int | None, held_code: str = "", partners: Collection[int] = ()
    ) -> frozenset[str]:
        """The roles that this person has towards something at a place, led by a unit (None: nobody yet), held by
        the centre of a jurisdiction ("": the place's own) and with other units as partners."""
        return frozenset(self.roles_and_whose(place_code, unit_id, held_code, partners))

    def roles_and_whose(
        self, place_code: str, unit_id: int | None, held_code: str = "", partners: Collection[int] = ()
    ) -> dict[str, int | None]:
        """The roles, as above, each with the account whose post gives it: None for the person's own."""
        roles: dict[str, int | None] = {}
        for post in self.posts:
            if _reaches(post, place_code, unit_id, held_code):
                roles.setdefault(post.role, post.for_id)
            if post.role in UNIT_ROLES and post.unit_id in partners:
                roles.setdefault(PARTNER, post.for_id)
        return roles

    def doer_at(
        self, place_code: str, unit_id: int | None, held_code: str = "", partners: Collection[int] = ()
    ) -> Doer:
        """This person as whoever takes a step of something, with the roles as above."""
        roles = self.roles_and_whose(place_code, unit_id, held_code, partners)
        return Doer(self.account_id, frozenset(roles), {key: whose for key, whose in roles.items() if whose})

    def whose(self, permission: str, place_code: str = "") -> int | None:
        """The account whose post alone gives the permission (there); None: a post of this person's own does."""
        giving = [post for post in self.posts if permission in PERMISSIONS.get(post.role, frozenset())]
        here = [post for post in giving if not place_code or is_within(place_code, post.place_code)]
        return here[0].for_id if here else None

    def emergency(self, case_id: int, place_code: str) -> Opened | None:
        """What lets this person see a case that no post reaches."""
        return next((one for one in self.opened if one.shows(case_id, place_code)), None)


def _reaches(post: HeldPost, place_code: str, unit_id: int | None, held_code: str) -> bool:
    if post.role in UNIT_ROLES:
        return post.unit_id == unit_id
    low, high = place_range(post.place_code)
    return low <= ((held_code if post.role in COMMAND_ROLES else "") or place_code) < high


def actor_of(account: Account, today: date) -> Actor:
    """One statement."""
    posts, opened = list[HeldPost](), list[Opened]()
    for power in held_powers(account.pk, today, timezone.now()):
        if power.until is not None:
            opened.append(Opened(power.id, power.case_id, power.place_code, power.until))
        else:
            own = (power.id, power.role, power.unit_id, power.unit_name, power.place_code)
            posts.append(HeldPost(*own, power.for_id, power.for_name))
    return Actor(account.pk, account.name, tuple(posts), tuple(opened))


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


def reach_as(request: HttpRequest, actor: Actor) -> None:
    """Who asks is known: the request reaches as far as that person may, where the node passed in how to tell."""
    reaching: Callable[[Actor], None] | None = getattr(request, "reaching", None)
    if reaching is not None:
        reaching(actor)


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
            if (other_way := held_back(request, actor.roles)) is not None:
                return other_way
            request.actor = actor  # type: ignore[attr-defined]
            reach_as(request, actor)
            return kept_nowhere(view(request, *args, **kwargs))  # type: ignore[arg-type]

        checked.permission = permission  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


OWN = "own"


def own(view: ActorView[P]) -> View[P]:
    """Anyone who is signed in, in post or not, about their own account."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, Account):
            return redirect_to_login(request.get_full_path())
        request.actor = actor_of(request.user, timezone.localdate())  # type: ignore[attr-defined]
        return kept_nowhere(view(request, *args, **kwargs))  # type: ignore[arg-type]

    checked.permission = OWN  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]
