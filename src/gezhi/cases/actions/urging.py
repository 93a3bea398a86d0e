"""Urging many cases at once (催办): one step in the history of each, and none twice within the hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from gezhi.cases.actions.acting import TRIES, Stale, Step, Who, take
from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.procedure import Given, Refused, steps_from
from gezhi.cases.queries.scope import visible
from gezhi.cases.world import World, world
from gezhi.packs.shapes import Kind
from gezhi.people.access import Actor

MOST: Final = 100
QUIET: Final = timedelta(hours=1)


@dataclass
class Urged:
    """Numbers of cases. `already`: somebody urged them within the last hour."""

    done: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def urge_many(actor: Actor, case_ids: Sequence[int], text: str = "", at: datetime | None = None) -> Urged:
    """Each of these cases that the actor sees, at most a hundred. Two people at once urge a case once: whoever is
    slower finds it changed, looks again and sees it urged."""
    urged, waiting = Urged(), list(dict.fromkeys(case_ids))[:MOST]
    for _ in range(TRIES):
        waiting = _urge(actor, waiting, text, at or timezone.now(), urged)
        if not waiting:
            break
    urged.refused += [(number, _BUSY) for number in _numbers(waiting)]
    return urged


def _urge(actor: Actor, case_ids: Sequence[int], text: str, now: datetime, urged: Urged) -> list[int]:
    """What became of each is added to `urged`; the cases that changed meanwhile come back."""
    cases = {case.pk: case for case in Case.objects.filter(visible(actor), pk__in=case_ids)}
    quiet = _urged_since(list(cases), now - QUIET)
    current = world()
    steps = []
    for pk in case_ids:
        if (case := cases.get(pk)) is None:
            continue
        if pk in quiet:
            urged.already.append(case.number)
        elif key := _step_of(actor, case, current):
            steps.append(Step(pk, key, Who(actor=actor), Given(text=text), case.version))
        else:
            urged.refused.append((case.number, _not_open(case)))
    return _told(steps, cases, now, urged)


def _told(steps: Sequence[Step], cases: Mapping[int, Case], now: datetime, urged: Urged) -> list[int]:
    changed = []
    for step, outcome in zip(steps, take(steps, now) if steps else (), strict=True):
        if isinstance(outcome, Stale):
            changed.append(step.case_id)
        elif isinstance(outcome, Refused):
            urged.refused.append((cases[step.case_id].number, outcome))
        else:
            urged.done.append(outcome.number)
    return changed


def _urged_since(case_ids: Sequence[int], since: datetime) -> set[int]:
    """Those that a person urged; what the system reminds of is none."""
    found = CaseEvent.objects.filter(case_id__in=case_ids, kind=Kind.URGE, at__gt=since)
    return set(found.exclude(account_id=None).values_list("case_id", flat=True))


def _step_of(actor: Actor, case: Case, current: World) -> str:
    """The step by which people urge in this state: of the actor's roles if there is one; "" when there is none."""
    procedure = current.catalogue.procedure(case.pack_version_id, case.procedure)
    roles = actor.roles_at(case.place_code, case.unit_id, case.held_code)
    steps = [
        step
        for step in steps_from(procedure, case.state)
        if step.kind is Kind.URGE and set(step.by) != {"system"}
    ]
    steps.sort(key=lambda step: not roles.intersection(step.by))
    return steps[0].key if steps else ""


def _not_open(case: Case) -> Refused:
    return Refused("not-open", "这一状态下不能催办。", f"Nothing is urged in the state '{case.state}'.")


def _numbers(case_ids: Sequence[int]) -> list[str]:
    return list(Case.objects.filter(pk__in=case_ids).values_list("number", flat=True)) if case_ids else []


_BUSY: Final = Refused(
    "busy",
    "案件正在被别人办理，请稍后再催办。",
    "Others are at work on this case. Urge it again in a moment.",
)
