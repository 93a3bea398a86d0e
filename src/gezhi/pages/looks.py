"""Who looked at whose data, as pages and files show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.cases.models import Case
from gezhi.pages.masks import purpose_words
from gezhi.pages.rights import PAPER_WORDS, STANDING_WORDS, field_name
from gezhi.pages.showing import english, role_name
from gezhi.people.models import Lookup
from gezhi.people.queries.looking import names_of, posts_named

WAY_WORDS: Final[Mapping[str, Promise]] = {
    "page": _("页面"),
    "api": _("接口"),
    "export": _("导出"),
    "print": _("文书与打印"),
    "field": _("现场"),
}
FIELD_WORDS: Final[Mapping[str, Promise]] = {
    "name": _("称呼"),
    "phone": _("电话"),
    "email": _("邮箱"),
    "looks": _("查看记录"),
}
KIND_WORDS: Final[Mapping[str, Promise]] = {
    "report": _("诉求"),
    "records": _("查看记录"),
    "subject": _("走访对象"),
    "person": _("个人"),
}


@dataclass(frozen=True, slots=True)
class LookLine:
    at: datetime
    who: str
    post: str
    purpose: str
    reason: str
    subject: str
    number: str
    fields: str
    way: str
    address: str
    glass: int | None
    until: datetime | None


def look_lines(found: Sequence[Lookup]) -> list[LookLine]:
    """Three statements: people, posts, cases."""
    names = names_of({one.account_id for one in found})
    posts = posts_named({one.post_id for one in found if one.post_id})
    cases = {one.case_id for one in found if one.case_id}
    numbers = dict(Case.objects.filter(id__in=cases).values_list("id", "number")) if cases else {}
    return [
        LookLine(
            at=one.at,
            who=names.get(one.account_id, str(one.account_id)),
            post=_post(posts.get(one.post_id or 0)),
            purpose=purpose_words(one.purpose),
            reason=_reason(one),
            subject=_subject(one),
            number=numbers.get(one.case_id or 0, ""),
            fields=("、", ", ")[english()].join(_field(name) for name in one.fields),
            way=str(WAY_WORDS.get(one.way, one.way)),
            address=one.address,
            glass=one.break_glass_id,
            until=one.shown_until,
        )
        for one in found
    ]


def _field(name: str) -> str:
    return str(FIELD_WORDS[name]) if name in FIELD_WORDS else field_name(name)


def _reason(one: Lookup) -> str:
    """At the counter: which paper was looked at, and as what the person came."""
    paper, _comma, standing = one.reason.partition(", ")
    if paper in PAPER_WORDS and standing in STANDING_WORDS:
        return f"{PAPER_WORDS[paper]} · {STANDING_WORDS[standing]}"
    return one.reason


def _subject(one: Lookup) -> str:
    words = str(KIND_WORDS.get(one.subject_kind, one.subject_kind))
    return f"{words} {one.subject_id}" if one.subject_id else words


def _post(post: tuple[str, str] | None) -> str:
    return f"{role_name(post[0])} {post[1]}" if post else ""
