"""Every published pack behind one set of lookups. Frozen: a newer publication makes a newer catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from gezhi.packs.monitor_rules import limits_of, parameter_of
from gezhi.packs.overlaying import StaffValues, overlaid, with_staff
from gezhi.packs.scope import needed_by
from gezhi.packs.shapes import (
    Appraisal,
    Category,
    Closing,
    DocumentTemplate,
    Element,
    Form,
    Function,
    Group,
    HazardRule,
    Indicator,
    Limit,
    Message,
    Monitor,
    Pack,
    Parameter,
    Procedure,
    RoundPlan,
    Rule,
    Shape,
    ThingKind,
    WarningRule,
    in_force,
)

_K = TypeVar("_K")
_V = TypeVar("_V")
_S = TypeVar("_S", bound=Shape)


@dataclass(frozen=True)
class Published:
    """A published version. `id` is what cases keep; new cases open with the active version of a name."""

    id: int
    pack: Pack
    active: bool


@dataclass(frozen=True)
class Owned(Generic[_S]):
    """A thing of an active pack, with the pack's name and the id of its version."""

    thing: _S
    pack: str
    pack_version_id: int


class NotInCatalogue(LookupError):
    """A key that no published pack knows."""

    def __init__(self, idea: str, key: str) -> None:
        super().__init__(f"The catalogue has no {idea} '{key}'. Publish a pack that defines it.")


@dataclass(frozen=True)
class Catalogue:
    """The open mappings are those of active packs; what only older versions have is found by its methods.

    `reportable`: what a report or a case may be about, in the order of the packs. `packs`: active ones by name.
    `open_to_all`: those of them that residents and machines may name and that are guessed from words.
    `confidential`: keys of categories, of every version, that posts for security alone see.
    Groups and functions are also those of the versions that active packs need.
    """

    categories: Mapping[str, Category]
    reportable: tuple[Category, ...]
    open_to_all: tuple[Category, ...]
    groups: Mapping[str, Group]
    functions: Mapping[str, Function]
    messages: Mapping[str, Message]
    indicators: Mapping[str, Owned[Indicator]]
    appraisals: Mapping[str, Owned[Appraisal]]
    elements: Mapping[str, Owned[Element]]
    plans: Mapping[str, Owned[RoundPlan]]
    warnings: Mapping[str, Owned[WarningRule]]
    monitors: Mapping[str, Owned[Monitor]]
    things: Mapping[str, Owned[ThingKind]]
    hazards: Mapping[str, Owned[HazardRule]]
    packs: Mapping[str, Published]
    fallback_category: str
    confidential: frozenset[str]
    _retired: Mapping[str, Category]
    _versions: Mapping[str, int]
    _by_id: Mapping[int, Published]
    _procedures: Mapping[tuple[int, str], Procedure]
    _messages: Mapping[tuple[int, str], Message]
    _closings: Mapping[tuple[int, str], Closing]
    _forms: Mapping[tuple[int, str], Form]
    _documents: Mapping[tuple[int, str], DocumentTemplate]
    _parameters: Mapping[str, Parameter]
    _haystack: Mapping[str, str]

    @cached_property
    def reportable_keys(self) -> frozenset[str]:
        return frozenset(category.key for category in self.reportable)

    @cached_property
    def shielded(self) -> frozenset[str]:
        """Categories that hide who reported, retired ones included."""
        known = {**self._retired, **self.categories}
        return frozenset(key for key, category in known.items() if category.hides_reporter)

    @property
    def procedures(self) -> Iterable[Procedure]:
        """Of every version, since cases keep the one that they were opened with."""
        return [procedure for one in self._by_id.values() for procedure in one.pack.procedures]

    def category(self, key: str) -> Category:
        """Raises NotInCatalogue."""
        return self.categories.get(key) or _found(self._retired, key, "category", key)

    def pack_version_id(self, category: str) -> int:
        """The id of the version that a case of this category opens with. Raises NotInCatalogue."""
        return _found(self._versions, category, "active category", category)

    def pack_of(self, category: str) -> Pack:
        """The active pack that owns the category. Raises NotInCatalogue."""
        return self._by_id[self.pack_version_id(category)].pack

    def version(self, pack_version_id: int) -> Published:
        """Raises NotInCatalogue."""
        return _found(self._by_id, pack_version_id, "version", str(pack_version_id))

    def procedure_of(self, category: str) -> Procedure:
        """The procedure that a case of this category opens with. Raises NotInCatalogue."""
        return self.procedure(self.pack_version_id(category), self.category(category).procedure)

    def procedure(self, pack_version_id: int, key: str) -> Procedure:
        """The procedure of an open case, as its version or one that it needs has it. Raises NotInCatalogue."""
        return _found(self._procedures, (pack_version_id, key), "procedure", key)

    def find_procedure(self, pack_version_id: int, key: str) -> Procedure | None:
        return self._procedures.get((pack_version_id, key))

    def message(self, pack_version_id: int, key: str) -> Message:
        """Raises NotInCatalogue."""
        return _found(self._messages, (pack_version_id, key), "message", key)

    def closing(self, pack_version_id: int, key: str | None) -> Closing | None:
        """None: the category has no closing conditions, or none of this name."""
        return self._closings.get((pack_version_id, key)) if key else None

    def form(self, pack_version_id: int, key: str) -> Form:
        """Raises NotInCatalogue."""
        return _found(self._forms, (pack_version_id, key), "form", key)

    def form_of(self, category: str) -> Form | None:
        """What is asked with a report of this active category. Raises NotInCatalogue."""
        key = self.category(category).form
        return self.form(self.pack_version_id(category), key) if key else None

    def document(self, pack_version_id: int, key: str) -> DocumentTemplate:
        """Raises NotInCatalogue."""
        return _found(self._documents, (pack_version_id, key), "document", key)

    def documents_of(self, pack_version_id: int) -> list[DocumentTemplate]:
        """Every template that cases of this version may have, also of the versions that it needs."""
        return [template for (version, _), template in self._documents.items() if version == pack_version_id]

    def rules_of(self, pack_version_id: int) -> tuple[Rule, ...]:
        """In the order in which they are tried; the first that sets a thing wins."""
        return self.version(pack_version_id).pack.rules

    def limit(self, key: str, on: date) -> Limit | None:
        """The limit in force on that day; before the first day, the first. None: no such parameter."""
        parameter = self._parameters.get(key)
        return in_force(parameter, on) if parameter else None

    def number(self, key: str, on: date) -> float | None:
        """The number in force on that day. None: no such parameter, or one that is a length."""
        limit = self.limit(key, on)
        return limit.number if limit else None

    def limits_of(self, monitor: Monitor) -> tuple[Parameter, ...]:
        """The dated parameters that its rules name."""
        keys = (parameter_of(name) for name in limits_of(monitor.levels.values()))
        return tuple(self._parameters[key] for key in keys if key in self._parameters)

    def search(self, text: str, limit: int = 20) -> list[Category]:
        """Categories open to all that hold every word of `text` in names, everyday words, key or code."""
        wanted = text.lower().split()
        hits = [c for c in self.open_to_all if all(word in self._haystack[c.key] for word in wanted)]
        return hits[:limit]

    def by_group(self) -> list[tuple[Group, list[Category]]]:
        """Categories open to all under their groups, both in the order of the pack; empty groups left out."""
        shelves: dict[str, list[Category]] = {key: [] for key in self.groups}
        for category in self.open_to_all:
            shelves[category.group].append(category)
        return [(self.groups[key], shelf) for key, shelf in shelves.items() if shelf]


def catalogue_of(published: Iterable[Published], staff: StaffValues | None = None) -> Catalogue:
    """Later ids win where two versions define the same key. `staff`: parameters' values that staff have set."""
    versions = _as_set(sorted(published, key=lambda one: one.id), staff or {})
    active = [one for one in versions if one.active]
    reach = _reach(versions)
    needed = [pack for one in active for pack in reach[one.id][:0:-1]]
    seen = [*needed, *(one.pack for one in active)]
    categories = {c.key: c for one in active for c in one.pack.categories}
    return Catalogue(
        categories=categories,
        reportable=tuple(category for category in categories.values() if category.kind != "part"),
        open_to_all=tuple(one for one in categories.values() if one.kind != "part" and not one.internal),
        groups={g.key: g for pack in seen for g in pack.groups},
        functions={f.key: f for pack in seen for f in pack.functions},
        messages={m.key: m for one in active for m in one.pack.messages},
        indicators={i.key: _owned(i, one) for one in active for i in one.pack.indicators},
        appraisals={a.key: _owned(a, one) for one in active for a in one.pack.appraisals},
        elements={e.key: _owned(e, one) for one in active for e in one.pack.elements},
        plans={p.key: _owned(p, one) for one in active for p in one.pack.plans},
        warnings={w.key: _owned(w, one) for one in active for w in one.pack.warnings},
        monitors={m.key: _owned(m, one) for one in active for m in one.pack.monitors},
        things={t.key: _owned(t, one) for one in active for t in one.pack.things},
        hazards={h.key: _owned(h, one) for one in active for h in one.pack.hazards},
        packs={one.pack.manifest.name: one for one in active},
        fallback_category=next((f for one in active if (f := one.pack.manifest.fallback)), ""),
        confidential=frozenset(c.key for one in versions for c in one.pack.categories if c.confidential),
        _retired={c.key: c for one in versions for c in one.pack.categories},
        _versions={c.key: one.id for one in active for c in one.pack.categories},
        _by_id={one.id: one for one in versions},
        _procedures={(n, p.key): p for n, packs in reach.items() for o in packs[::-1] for p in o.procedures},
        _messages={(n, m.key): m for n, packs in reach.items() for o in packs[::-1] for m in o.messages},
        _closings={(n, c.key): c for n, packs in reach.items() for o in packs[::-1] for c in o.closings},
        _forms={(n, f.key): f for n, packs in reach.items() for o in packs[::-1] for f in o.forms},
        _documents={(n, d.key): d for n, packs in reach.items() for o in packs[::-1] for d in o.documents},
        _parameters={p.key: p for one in [*versions, *active] for p in one.pack.parameters},
        _haystack={key: _haystack(category) for key, category in categories.items()},
    )


def _as_set(versions: list[Published], staff: StaffValues) -> list[Published]:
    overlays = [overlay for one in versions if one.active for overlay in one.pack.overlays]
    if not overlays and not staff:
        return versions
    return [replace(one, pack=with_staff(overlaid(one.pack, overlays), staff)) for one in versions]


def _reach(versions: Iterable[Published]) -> dict[int, list[Pack]]:
    """For each version itself and then what it needs as pinned: published versions never vanish."""
    packs = {(one.pack.manifest.name, one.pack.manifest.version): one.pack for one in versions}
    return {
        one.id: [one.pack, *needed_by(one.pack, lambda *pin: packs.get(pin)).values()] for one in versions
    }


def _owned(thing: _S, one: Published) -> Owned[_S]:
    return Owned(thing, one.pack.manifest.name, one.id)


def _haystack(category: Category) -> str:
    names = (category.name.zh, category.name.en, category.key, category.code, *category.words)
    return "\n".join(names).lower()


def _found(things: Mapping[_K, _V], key: _K, idea: str, name: str) -> _V:
    try:
        return things[key]
    except KeyError:
        raise NotInCatalogue(idea, name) from None
