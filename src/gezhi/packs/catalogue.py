"""Every published pack behind one set of lookups. Frozen: a newer publication makes a newer catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from gezhi.packs.shapes import (
    Category,
    Function,
    Group,
    Limit,
    Message,
    Pack,
    Parameter,
    Procedure,
)

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True)
class Published:
    """A published version. `id` is what cases keep; new cases open with the active version of a name."""

    id: int
    pack: Pack
    active: bool


class NotInCatalogue(LookupError):
    """A key that no published pack knows."""

    def __init__(self, idea: str, key: str) -> None:
        super().__init__(f"The catalogue has no {idea} '{key}'. Publish a pack that defines it.")


@dataclass(frozen=True)
class Catalogue:
    """The open mappings are those of active packs; what only older versions have is found by its methods.

    `reportable`: what a report or a case may be about, in the order of the packs.
    """

    categories: Mapping[str, Category]
    reportable: tuple[Category, ...]
    groups: Mapping[str, Group]
    functions: Mapping[str, Function]
    messages: Mapping[str, Message]
    fallback_category: str
    _retired: Mapping[str, Category]
    _versions: Mapping[str, int]
    _procedures: Mapping[tuple[int, str], Procedure]
    _messages: Mapping[tuple[int, str], Message]
    _parameters: Mapping[str, Parameter]
    _haystack: Mapping[str, str]

    @property
    def procedures(self) -> Iterable[Procedure]:
        """Of every version, since cases keep the one that they were opened with."""
        return self._procedures.values()

    def category(self, key: str) -> Category:
        """Raises NotInCatalogue."""
        return self.categories.get(key) or _found(self._retired, key, "category", key)

    def pack_version_id(self, category: str) -> int:
        """The id of the version that a case of this category opens with. Raises NotInCatalogue."""
        return _found(self._versions, category, "active category", category)

    def procedure_of(self, category: str) -> Procedure:
        """The procedure that a case of this category opens with. Raises NotInCatalogue."""
        return self.procedure(self.pack_version_id(category), self.category(category).procedure)

    def procedure(self, pack_version_id: int, key: str) -> Procedure:
        """The procedure of an open case, as its version has it. Raises NotInCatalogue."""
        return _found(self._procedures, (pack_version_id, key), "procedure", key)

    def message(self, pack_version_id: int, key: str) -> Message:
        """Raises NotInCatalogue."""
        return _found(self._messages, (pack_version_id, key), "message", key)

    def limit(self, key: str, on: date) -> Limit | None:
        """The limit in force on that day; before the first day, the first. None: no such parameter."""
        parameter = self._parameters.get(key)
        if parameter is None:
            return None
        in_force = (limit for limit in reversed(parameter.values) if limit.since <= on)
        return next(in_force, parameter.values[0])

    def search(self, text: str, limit: int = 20) -> list[Category]:
        """Reportable categories that hold every word of `text` in names, everyday words, key or code."""
        wanted = text.lower().split()
        hits = [c for c in self.reportable if all(word in self._haystack[c.key] for word in wanted)]
        return hits[:limit]

    def by_group(self) -> list[tuple[Group, list[Category]]]:
        """Reportable categories under their groups, both in the order of the pack; empty groups left out."""
        shelves: dict[str, list[Category]] = {key: [] for key in self.groups}
        for category in self.reportable:
            shelves[category.group].append(category)
        return [(self.groups[key], shelf) for key, shelf in shelves.items() if shelf]


def catalogue_of(published: Iterable[Published]) -> Catalogue:
    """Later ids win where two versions define the same key."""
    versions = sorted(published, key=lambda one: one.id)
    active = [one for one in versions if one.active]
    categories = {c.key: c for one in active for c in one.pack.categories}
    return Catalogue(
        categories=categories,
        reportable=tuple(category for category in categories.values() if category.kind != "part"),
        groups={g.key: g for one in active for g in one.pack.groups},
        functions={f.key: f for one in active for f in one.pack.functions},
        messages={m.key: m for one in active for m in one.pack.messages},
        fallback_category=next((f for one in active if (f := one.pack.manifest.fallback)), ""),
        _retired={c.key: c for one in versions for c in one.pack.categories},
        _versions={c.key: one.id for one in active for c in one.pack.categories},
        _procedures={(one.id, p.key): p for one in versions for p in one.pack.procedures},
        _messages={(one.id, m.key): m for one in versions for m in one.pack.messages},
        _parameters={p.key: p for one in [*versions, *active] for p in one.pack.parameters},
        _haystack={key: _haystack(category) for key, category in categories.items()},
    )


def _haystack(category: Category) -> str:
    names = (category.name.zh, category.name.en, category.key, category.code, *category.words)
    return "\n".join(names).lower()


def _found(things: Mapping[_K, _V], key: _K, idea: str, name: str) -> _V:
    try:
        return things[key]
    except KeyError:
        raise NotInCatalogue(idea, name) from None
