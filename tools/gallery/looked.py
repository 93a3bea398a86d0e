"""What a demonstration city needs so that audit has something to read: numbers that were looked at, an emergency look
that was reviewed and one that waits, a post in other hands, a nomination that waits for a second person."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gezhi.people.access import Actor

ADDRESS: Final = "10.0.0.21"


def look_around() -> None:
    """Done once."""
    from gezhi.people.models import BreakGlass, Delegation, Nomination

    if not BreakGlass.objects.exists():
        _look_at_numbers()
        _look_in_an_emergency()
    if not Delegation.objects.exists():
        _hand_over()
    if not Nomination.objects.exists():
        _nominate()


def _actor(username: str) -> "Actor":
    from django.utils import timezone

    from gezhi.people.access import actor_of
    from gezhi.people.models import Account

    return actor_of(Account.objects.get(username=username), timezone.localdate())


def _look_at_numbers() -> None:
    """Each of three people reads the number of a few cases that they have to do with."""
    from gezhi.cases.actions.contact import show_contact
    from gezhi.cases.models import Case, Report, Reporter
    from gezhi.cases.procedure import Refused
    from gezhi.people.duty import Wish
    from gezhi.people.looking import Origin

    told = Report.objects.filter(pk__in=Reporter.objects.exclude(phone="").values("report_id")).values(
        "case_id"
    )
    numbers = Case.objects.filter(pk__in=told, is_open=True).order_by("-id").values_list("number", flat=True)
    for username, purpose, reason in (
        ("dispatcher", "handling", "地址写得不清，打电话问门牌"),
        ("verifier", "verifying", "核实是否修好"),
        ("supervisor", "supervision", "群众来电催问"),
    ):
        actor, seen = _actor(username), 0
        for number in numbers[:40]:
            try:
                show_contact(actor, number, Wish(purpose, reason), Origin("page", ADDRESS))
            except Refused:
                continue
            seen += 1
            if seen == 3:
                break


def _look_in_an_emergency() -> None:
    """The town's dispatcher looks at another county's case; the auditor reviews the first look, the second waits."""
    from gezhi.cases.actions.glass import break_glass
    from gezhi.cases.models import Case
    from gezhi.people.actions import end_glass, review_glass

    town = _actor("town")
    afar = Case.objects.filter(is_open=True).exclude(place_code__startswith=town.posts[0].place_code[:6])
    first, second = afar.order_by("id").values_list("number", flat=True)[:2]
    seen = break_glass(town, first, "居民来电称煤气泄漏，对方值班室无人接听", ADDRESS)
    end_glass(town, seen.pk)
    review_glass(_actor("auditor"), seen.pk, True, "核对了来电记录，情况属实")
    break_glass(_actor("town"), second, "消防要求马上核对楼内住户是否已经联系", ADDRESS)


def _hand_over() -> None:
    """The dispatcher's post, to a colleague of the same unit."""
    from django.utils import timezone

    from gezhi.people.actions import delegate
    from gezhi.people.models import Post

    today, post = timezone.localdate(), _actor("dispatcher").posts[0]
    others = Post.objects.filter(unit_id=post.unit_id, account__username__startswith="dispatcher-")
    colleague = others.order_by("id").values_list("account__username", flat=True)[0]
    delegate(_actor("dispatcher"), post.id, colleague, today, today + timedelta(days=5), "外出培训")


def _nominate() -> None:
    from django.utils import timezone

    from gezhi.people.actions import Wanted, nominate
    from gezhi.people.models import Unit

    post = _actor("leader").posts[0]
    unit = Unit.objects.get(pk=post.unit_id)
    wanted = Wanted(
        username="supervisor",
        unit_code=unit.code,
        role="leader",
        place_code=post.place_code,
        begins=timezone.localdate(),
        until=None,
        reason="任命文件〔2026〕12 号",
    )
    nominate(_actor("admin"), wanted)
