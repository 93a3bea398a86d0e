"""In person: somebody at the counter has looked at an identity paper, and now acts for whoever stands there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from gezhi.cases.models import Report
from gezhi.cases.procedure import Refused
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.numbers import is_number
from gezhi.lib.personal import Grade
from gezhi.people.access import Actor
from gezhi.people.actions import record_lookups
from gezhi.people.looking import Look, Origin
from gezhi.people.purposes import RIGHTS
from gezhi.rights.models import Channel
from gezhi.rights.person import Person
from gezhi.rights.queries.people import digest_of, is_held, person_of_channel, person_of_report

PAPERS: Final = ("id-card", "passport", "social-card", "residence-permit", "other")
STANDINGS: Final = ("self", "guardian", "relative", "agent")
_FIELDS: Final = ("name", "phone", "email", "text")


@dataclass(frozen=True, slots=True)
class Met:
    """Who stands at the counter: `channel_id` of the number that they named, or the one report of their code."""

    person: Person
    channel_id: int | None
    report_id: int | None


@transaction.atomic
def meet(
    actor: Actor,
    origin: Origin,
    *,
    number: str = "",
    tracking_code: str = "",
    paper: str,
    standing: str,
    now: datetime | None = None,
) -> Met:
    """By number or tracking code. Every report that is shown is kept as a look, for the purpose of rights. Raises
    Refused where nothing is held, or nothing was looked at."""
    at = now or timezone.now()
    if paper not in PAPERS or standing not in STANDINGS:
        raise Refused(
            "no-paper",
            "请先核对身份证件，并选择证件种类。",
            "Look at an identity paper first and say which kind.",
        )
    met = _of_number(number, at) if number else _of_code(tracking_code)
    looks = Report.objects.filter(id__in=met.person.reports).values_list("id", "case_id", "place_code")
    record_lookups(
        [
            Look(
                account_id=actor.account_id,
                purpose=RIGHTS,
                subject_kind="report",
                subject_id=report,
                fields=_FIELDS,
                grade=int(Grade.SENSITIVE),
                way=origin.way,
                reason=f"{paper}, {standing}",
                case_id=case,
                place_code=place,
                address=origin.address,
                request_id=origin.request_id,
            )
            for report, case, place in looks
        ],
        at,
    )
    facts: dict[str, Fact] = {
        "account": actor.account_id,
        "paper": paper,
        "standing": standing,
        "reports": len(looks),
    }
    record("rights.met", f"channel:{met.channel_id or 0}", facts)
    return met


def _of_number(number: str, at: datetime) -> Met:
    if not is_number(number) or not is_held(number):
        raise Refused("nothing-held", "这个号码在本平台没有留过信息。", "Nothing is held under this number.")
    made = {"number": number, "made_at": at, "seen_at": at}
    channel, fresh = Channel.objects.get_or_create(digest=digest_of(number), defaults=made)
    if not fresh:
        channel.number, channel.seen_at = number, at
        channel.save(update_fields=["number", "seen_at"])
    return Met(person_of_channel(channel), channel.pk, None)


def _of_code(tracking_code: str) -> Met:
    report = Report.objects.filter(tracking_code=tracking_code).values_list("id", flat=True).first()
    if report is None or not tracking_code:
        raise Refused("unknown-code", "没有这个查询码。", "There is no such tracking code.")
    return Met(person_of_report(report), None, report)
