"""Lifting the mask from how to reach whoever reported: an act of its own, with a purpose, for a quarter of an hour."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.contact import FIELDS, HANDLER, OTHERS, Contact, Sight, needs_contact
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.contact import KIND, contacts, sight_in
from gezhi.cases.queries.documents import roles_in
from gezhi.cases.queries.scope import visible
from gezhi.cases.world import World, world
from gezhi.lib.reach import current, within
from gezhi.people.access import CONTACT, Actor
from gezhi.people.actions import record_lookup, record_lookups
from gezhi.people.duty import SHOWN, Wish, purposes_of, require_look
from gezhi.people.looking import Look, Origin

MOST = 50  # reporters of one case at once


@dataclass(frozen=True, slots=True)
class Shown:
    """What was behind the mask, by report, and until when it stays lifted."""

    contacts: dict[int, Contact]
    until: datetime


@transaction.atomic
def show_contact(
    actor: Actor,
    number: str,
    wish: Wish,
    origin: Origin,
    reports: Collection[int] = (),
    at: datetime | None = None,
) -> Shown:
    """How to reach those who reported the case, or some of them: kept as one look for each. Raises Refused."""
    now = at or timezone.now()
    case = Case.objects.filter(visible(actor), number=number[:24]).first()
    if case is None:
        raise Refused("unknown-case", "没有这个案件。", f"There is no case {number[:24]} for you.")
    if not actor.may(CONTACT):
        raise Refused("not-your-role", "您的岗位不能查看联系方式。", "None of your posts gives 'contact'.")
    roles = roles_in(actor, case)
    _require_sight(actor, case, roles, world())
    found = dict(list(contacts(case.pk, reports).items())[:MOST])
    if not found:
        raise Refused(
            "no-contact", "诉求人没有留下联系方式。", "Whoever reported left nothing to be reached by."
        )
    require_look(wish, max(one.grade for one in found.values()), roles)
    opened = None if roles else actor.emergency(case.pk, case.place_code)
    until = now + SHOWN
    record_lookups(
        [
            Look(
                account_id=actor.account_id,
                post_id=_post_id(actor, roles),
                purpose=wish.purpose,
                reason=wish.reason.strip(),
                subject_kind=KIND,
                subject_id=report,
                case_id=case.pk,
                place_code=case.place_code,
                fields=contact.fields,
                grade=int(contact.grade),
                way=origin.way,
                address=origin.address,
                request_id=origin.request_id,
                shown_until=until,
                break_glass_id=opened.id if opened else None,
            )
            for report, contact in found.items()
        ],
        now,
    )
    return Shown(found, until)


def _require_sight(actor: Actor, case: Case, roles: Collection[str], now_world: World) -> None:
    """Raises Refused where not even a mask is shown, and for handlers of a procedure that needs no reporter."""
    if sight_in(actor, case, now_world) is Sight.HIDDEN:
        raise Refused(
            "withheld",
            "这件事对您不提供诉求人信息：协办单位和保密类别的办理人员都看不到。",
            "Who reported is withheld from you: from units that were called in, and from whoever handles matters that "
            "hide it.",
        )
    catalogue = now_world.catalogue
    procedure = catalogue.procedure(case.pack_version_id, case.procedure)
    closing = catalogue.closing(case.pack_version_id, catalogue.category(case.category).closing)
    if roles and set(roles) <= HANDLER | OTHERS and not needs_contact(procedure, closing):
        raise Refused(
            "not-needed",
            "这个流程由别人答复诉求人，处置时不需要联系方式。",
            "In this procedure others answer the reporter: handling needs no contact data.",
        )


def keep_paper_look(actor: Actor, case_id: int, report: int | None, origin: Origin) -> None:
    """A document that is written to somebody names them: whoever opens it has looked, for what their post is for."""
    with within(current().with_reports([report] if report else [])):
        found = contacts(case_id, [report]) if report else {}
    if not found or report is None or not found[report].name:
        return
    case = Case.objects.get(id=case_id)
    roles = roles_in(actor, case)
    opened = None if roles else actor.emergency(case.pk, case.place_code)
    look = Look(
        account_id=actor.account_id,
        post_id=_post_id(actor, roles),
        purpose=purposes_of(roles)[0],
        subject_kind=KIND,
        subject_id=report,
        case_id=case_id,
        place_code=case.place_code,
        fields=("name",),
        grade=int(FIELDS["name"]),
        way=origin.way,
        address=origin.address,
        request_id=origin.request_id,
        break_glass_id=opened.id if opened else None,
    )
    record_lookup(look)


def _post_id(actor: Actor, roles: Collection[str]) -> int | None:
    return next((post.id for post in actor.posts if post.role in roles), None)
