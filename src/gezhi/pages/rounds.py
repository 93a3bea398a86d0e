"""Rounds, subjects and what is known of them, as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.world import known_world
from gezhi.packs.forms import KnownValue, Value, fields_of, said_answers
from gezhi.packs.shapes import Form, RoundPlan
from gezhi.pages.showing import Due, due_of, english, said
from gezhi.places.queries import place_names
from gezhi.rounds.book import Book
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.walking import Position, metres_between

KINDS: Final = {
    "house": gettext_lazy("房屋"),
    "household": gettext_lazy("住户"),
    "shop": gettext_lazy("店铺"),
    "site": gettext_lazy("场所"),
    "grid": gettext_lazy("网格"),
}
STATES: Final = {
    "due": gettext_lazy("待完成"),
    "done": gettext_lazy("已完成"),
    "missed": gettext_lazy("已漏"),
    "skipped": gettext_lazy("不做"),
}
_PERIODS: Final = {
    "day": gettext_lazy("每天"),
    "week": gettext_lazy("每周"),
    "month": gettext_lazy("每月"),
    "quarter": gettext_lazy("每季度"),
    "year": gettext_lazy("每年"),
}


@dataclass(frozen=True, slots=True)
class RoundView:
    """`plans`: the titles of all that is done in one go."""

    id: int
    plans: list[str]
    kind: str
    where: str
    address: str
    state: str
    state_words: str
    due: Due | None
    due_words: str
    begun: bool
    ended: str
    reason: str
    found: list[str]
    away: str
    metres: float
    due_at: datetime


def plan_title(book: Book, plan: str) -> str:
    card = book.plans.get(plan)
    return said(card.plan.title) if card else plan


def rhythm(plan: RoundPlan) -> str:
    """How often, in words."""
    words = _("%(period)s %(times)s 次") % {"period": _PERIODS[plan.period], "times": plan.times}
    return _("%(often)s（工作日）") % {"often": words} if plan.workdays else words


def round_views(
    rounds: Iterable[Round],
    book: Book,
    now: datetime,
    here: Position | None = None,
    names: Mapping[str, str] | None = None,
) -> list[RoundView]:
    """One statement, for the full names of the places; none where they are given as `names`."""
    listed = list(rounds)
    root = known_world().root
    names = names or place_names([root, *(one.place_code for one in listed)])
    names = {code: name.removeprefix(names.get(root, "")) or name for code, name in names.items()}
    return [_view(one, book, now, names, here) for one in listed]


def _view(
    one: Round, book: Book, now: datetime, names: Mapping[str, str], here: Position | None
) -> RoundView:
    subject = one.subject
    metres = _metres(subject, here)
    return RoundView(
        id=one.pk,
        plans=[plan_title(book, one.plan)],
        kind=str(KINDS.get(subject.kind if subject else "grid", "")),
        where=subject.name if subject else names.get(one.place_code, one.place_code),
        address=subject.address if subject else "",
        state=one.state,
        state_words=str(STATES.get(one.state, one.state)),
        due=due_of(one.due_at, now) if one.state == "due" else None,
        due_words=_until(one.due_at),
        begun=one.begun_at is not None,
        ended=f"{localtime(one.ended_at):%Y-%m-%d %H:%M}" if one.ended_at else "",
        reason=one.reason,
        found=list(one.found),
        away=_away(metres),
        metres=metres,
        due_at=one.due_at,
    )


def _until(due_at: datetime) -> str:
    """The last day that counts, or the time of day where it ends within one."""
    last = localtime(due_at - timedelta(minutes=1))
    return (
        f"{last:%Y-%m-%d}" if (last.hour, last.minute) == (23, 59) else f"{localtime(due_at):%Y-%m-%d %H:%M}"
    )


def _metres(subject: Subject | None, here: Position | None) -> float:
    """What has no position stands behind what has one."""
    if here is None or subject is None or subject.lon is None or subject.lat is None:
        return float("inf")
    return metres_between(here, (subject.lon, subject.lat))


def _away(metres: float) -> str:
    if metres == float("inf"):
        return ""
    if metres < 1000:
        return _("%(n)s 米") % {"n": round(metres / 10) * 10 if metres >= 100 else round(metres)}
    return _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"}


def calls(rounds: Sequence[Round], views: Sequence[RoundView]) -> list[RoundView]:
    """Visits of one subject as one call; by the day that they are due, then by distance."""
    found: dict[tuple[str, int], RoundView] = {}
    for one, view in zip(rounds, views, strict=True):
        key = ("subject", one.subject_id) if one.subject_id else ("round", one.pk)
        if key in found:
            found[key].plans.extend(view.plans)
        else:
            found[key] = view
    return sorted(found.values(), key=lambda view: (localtime(view.due_at).date(), view.metres, view.due_at))


def known_values(form: Form, known: Mapping[str, Known]) -> dict[str, KnownValue]:
    """By element, for the form engine: how it reads, since when, from where."""
    found: dict[str, KnownValue] = {}
    for _group, one in fields_of(form):
        row = known.get(one.element or "")
        if row is not None and one.element:
            text = _text(form, one.key, row.value)
            found[one.element] = KnownValue(
                text, localtime(row.confirmed_at).date(), source_words(row.source), _plain(row.value)
            )
    return found


def _plain(value: object) -> Value | None:
    return value if isinstance(value, str | int | float | bool) else None


def _text(form: Form, key: str, value: object) -> str:
    said_so = said_answers(
        form.model_copy(
            update={
                "layout": tuple(
                    group.model_copy(update={"fields": tuple(f for f in group.fields if f.key == key)})
                    for group in form.layout
                )
            }
        ),
        {key: value},
        "en" if english() else "zh",
    )
    return said_so[0][1] if said_so else str(value)


def known_text(book: Book, element: str, value: object) -> str:
    """A value as the first form that asks for the element reads it."""
    for card in book.plans.values():
        for _group, one in fields_of(card.form) if card.form else ():
            if card.form and one.element == element:
                return _text(card.form, one.key, value)
    return str(value)


def source_words(source: str) -> str:
    kind, _colon, name = source.partition(":")
    if kind == "round":
        return _("走访")
    return _("名单“%(name)s”") % {"name": name} if kind == "list" else _("工作台")
