"""Resource paths (18-088, 9.2): entities one after the other over links, then perhaps a property. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from gezhi.exchange.sensorthings.entities import BY_PLURAL, ENTITIES, Entity, Link
from gezhi.exchange.sensorthings.expressions import BadQuery

MOST_STEPS: Final = 12
_STEP: Final = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<id>'?\d{1,19}'?)\))?")


class NoSuchPath(BadQuery):
    """Nothing stands at this address; the message says from where on."""


@dataclass(frozen=True, slots=True)
class Step:
    """`link`: over which it is reached; None: the first. `id`: of one of many."""

    entity: Entity
    link: Link | None
    id: int | None

    @property
    def is_one(self) -> bool:
        return self.id is not None or bool(self.link and self.link.one)


@dataclass(frozen=True, slots=True)
class Address:
    """`keys`: a property and keys inside of it. `ref`: only the addresses. `value`: the bare value."""

    steps: tuple[Step, ...]
    keys: tuple[str, ...] = ()
    ref: bool = False
    value: bool = False

    @property
    def entity(self) -> Entity:
        return self.steps[-1].entity

    @property
    def is_one(self) -> bool:
        return self.steps[-1].is_one


def address_of(path: str) -> Address:
    """`path`: after the version, decoded. Raises NoSuchPath."""
    parts = [part for part in path.split("/") if part]
    steps: list[Step] = []
    while parts and (step := _step(parts[0], steps)) is not None:
        if len(steps) >= MOST_STEPS:
            raise NoSuchPath(f"A path has at most {MOST_STEPS} entities.")
        steps.append(step)
        parts.pop(0)
    if not steps:
        raise NoSuchPath(f"{path[:60]!r} begins with no list. There are: {', '.join(BY_PLURAL)}.")
    return _end(tuple(steps), parts)


def _step(part: str, steps: list[Step]) -> Step | None:
    hit = _STEP.fullmatch(part)
    if hit is None:
        return None
    name, number = hit["name"], int(hit["id"].strip("'")) if hit["id"] else None
    if not steps:
        return Step(BY_PLURAL[name], None, number) if name in BY_PLURAL else None
    link = steps[-1].entity.linked.get(name)
    if link is None:
        return None
    if not steps[-1].is_one:
        raise NoSuchPath(
            f"{steps[-1].entity.plural} are many: name one as {steps[-1].entity.plural}(1)/{name}."
        )
    if link.one and number is not None:
        raise NoSuchPath(f"{name} is one; write it without an id.")
    return Step(ENTITIES[link.target], link, number)


def _end(steps: tuple[Step, ...], parts: list[str]) -> Address:
    last = steps[-1]
    if not parts:
        return Address(steps)
    if parts == ["$ref"]:
        return Address(steps, ref=True)
    if not last.is_one:
        raise NoSuchPath(f"{parts[0][:40]!r} stands behind many; name one as {last.entity.plural}(1).")
    known = last.entity.named
    if parts[0] not in known and parts[0] not in ("id", "@iot.id"):
        has = ", ".join(("id", *known, *last.entity.linked))
        raise NoSuchPath(f"{last.entity.name} has no {parts[0][:40]!r}. It has: {has}.")
    value = parts[-1] == "$value"
    return Address(steps, tuple(parts[:-1] if value else parts), value=value)
