"""Notes among colleagues: who is named in one, and how long it may be changed. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gezhi.cases.procedure import Refused

LONGEST: Final = 2000
CHANGEABLE: Final = timedelta(minutes=15)
MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may see the case at the desk."""

    id: int
    username: str
    name: str
    name_en: str
    unit_id: int

    @property
    def called(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.name, self.name_en, self.username)))


def named_in(text: str, colleagues: Sequence[Colleague]) -> list[int]:
    """The accounts that `@name` or `@username` calls; the longest name that fits is meant. People of one name are
    all called."""
    found: dict[int, None] = {}
    for rest in text.split("@")[1:]:
        fitting = [(len(name), one.id) for one in colleagues for name in one.called if _begins(rest, name)]
        longest = max((length for length, _id in fitting), default=0)
        found |= dict.fromkeys(pk for length, pk in fitting if length == longest)
    return list(found)


def _begins(rest: str, name: str) -> bool:
    """A name of letters ends where the letters end: @li is not @lina."""
    if not rest.lower().startswith(name.lower()):
        return False
    after = rest[len(name) : len(name) + 1]
    return not (name[-1].isascii() and after.isascii() and (after.isalnum() or after == "-"))


def check_text(text: str) -> str:
    """The note as it is kept. Raises Refused."""
    plain = text.replace("\0", "").strip()
    if not plain:
        raise Refused("lacking", "请写点内容。", "The note is empty. Write something.")
    if len(plain) > LONGEST:
        raise Refused("too-long", f"备注最多 {LONGEST} 字。", f"A note has at most {LONGEST} characters.")
    return plain


def check_named(named: Iterable[int]) -> list[int]:
    """Raises Refused."""
    found = list(dict.fromkeys(named))
    if len(found) > MOST_NAMED:
        raise Refused(
            "too-many", f"一次最多提及 {MOST_NAMED} 人。", f"A note names at most {MOST_NAMED} people."
        )
    return found


def is_changeable(written_by: int, at: datetime, account_id: int, now: datetime) -> bool:
    return written_by == account_id and now - at < CHANGEABLE


def check_changeable(written_by: int, at: datetime, account_id: int, now: datetime) -> None:
    """Raises Refused."""
    if written_by != account_id:
        raise Refused("not-yours", "只能改自己的备注。", "Only whoever wrote a note may change it.")
    if not is_changeable(written_by, at, account_id, now):
        minutes = int(CHANGEABLE.total_seconds() // 60)
        raise Refused(
            "too-late",
            f"备注写下 {minutes} 分钟后不能再改，可以另写一条。",
            f"A note can be changed for {minutes} minutes. Write another one.",
        )
