"""Reading published packs."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from gezhi.packs.catalogue import Catalogue, Published, catalogue_of
from gezhi.packs.content import pack_from
from gezhi.packs.models import PackVersion, ParameterValue
from gezhi.packs.overlaying import with_staff
from gezhi.packs.parameters import ParameterLine, StaffRow, parameter_lines
from gezhi.packs.publishing import OpenStates, Plan, plan
from gezhi.packs.scope import needed_by
from gezhi.packs.shapes import Limit, Pack, Parameter

_read: dict[str, Pack] = {}  # by digest; what is published never changes


def published_versions(name: str | None = None) -> list[Published]:
    """Every published version, oldest first; of one pack when a name is given. One statement, and one more for
    versions that this process has not read yet."""
    rows = PackVersion.objects.order_by("id")
    if name is not None:
        rows = rows.filter(name=name)
    found = list(rows.values_list("id", "digest", "active"))
    _read_packs({digest for _, digest, _ in found} - _read.keys())
    return [Published(pk, _read[digest], active) for pk, digest, active in found]


def _read_packs(digests: set[str]) -> None:
    if digests:
        rows = PackVersion.objects.filter(digest__in=digests).values_list("digest", "content")
        _read.update({digest: pack_from(content) for digest, content in rows})


def publication_plan(pack: Pack, open_states: OpenStates, along: Sequence[Pack] = ()) -> Plan:
    """What publishing the pack now would do. `open_states`: (procedure, state) of every open case;
    `along`: packs that are published with it, before it."""
    name = pack.manifest.name
    versions = published_versions()
    history = [one for one in versions if one.pack.manifest.name == name]
    active = {one.pack.manifest.name: one.pack for one in versions if one.active}
    others = active | {one.manifest.name: one for one in along}
    every = [*(one.pack for one in versions), *along]
    releases = {(one.manifest.name, one.manifest.version): one for one in every}
    return plan(pack, history, [one for key, one in others.items() if key != name], open_states, releases)


def active_version(name: str) -> Published | None:
    return next((one for one in published_versions(name) if one.active), None)


def active_parameter(key: str) -> Parameter | None:
    """As the active packs have it, without what staff have set."""
    active = (one.pack for one in published_versions() if one.active)
    return next((p for pack in active for p in pack.parameters if p.key == key), None)


def staff_values() -> dict[str, tuple[Limit, ...]]:
    """What staff have set for each parameter, in the order of the days."""
    values: dict[str, tuple[Limit, ...]] = {}
    for row in ParameterValue.objects.filter(withdrawn_at=None).order_by("since"):
        values[row.key] = (*values.get(row.key, ()), _limit(row))
    return values


def parameters(today: date) -> list[ParameterLine]:
    """Every parameter of the active packs, with all its values."""
    rows: dict[str, list[StaffRow]] = {}
    for row in ParameterValue.objects.select_related("account").order_by("since", "id"):
        limit = _limit(row)
        staff = StaffRow(row.pk, limit, row.account.name, row.at, row.withdrawn_at is not None)
        rows.setdefault(row.key, []).append(staff)
    active = [one.pack for one in published_versions() if one.active]
    return list(parameter_lines(active, rows, today))


def _limit(row: ParameterValue) -> Limit:
    return Limit(since=row.since, length=row.length or None, number=row.number, source=row.source)


def as_set_by_staff(pack: Pack) -> Pack:
    return with_staff(pack, staff_values())


def active_packs() -> dict[str, Published]:
    """By name."""
    return {one.pack.manifest.name: one for one in published_versions() if one.active}


def needed_of(pack: Pack) -> dict[str, Pack]:
    """Every pack that this one needs, in the pinned version."""
    known = {(o.pack.manifest.name, o.pack.manifest.version): o.pack for o in published_versions()}
    return needed_by(pack, lambda *pin: known.get(pin))


@lru_cache(maxsize=2)
def active_catalogue(stamp: int) -> Catalogue:
    """The catalogue of this process at a configuration stamp; a newer stamp reads anew."""
    return catalogue_of(published_versions(), staff_values())
