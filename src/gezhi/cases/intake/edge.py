"""The edge at which reports are read: what this node knows at this moment."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from gezhi.cases.intake.reading import Edge
from gezhi.cases.world import World, known_world
from gezhi.packs.shapes import Form

STAFFED = ("hotline", "field", "desk")  # sources at which a person at work stands


def edge_for(
    source: str,
    account_id: int | None = None,
    now: datetime | None = None,
    *,
    strict: bool = False,
    staffed: bool = False,
) -> Edge:
    """No statement, once the process has read its configuration. `strict`: see Edge. `staffed`: the account has a
    post, and may report internal matters."""
    current = known_world()
    held = _ByStamp(current)
    return Edge(
        source=source,
        now=now or timezone.now(),
        zone=ZoneInfo(settings.TIME_ZONE),
        categories=current.catalogue.reportable_keys if staffed or source in STAFFED else _of_all(held),
        places=current.places,
        submitted_by_id=account_id,
        forms=_forms(held),
        strict=strict,
    )


@dataclass(frozen=True, eq=False)
class _ByStamp:
    world: World

    def __hash__(self) -> int:
        return self.world.stamp

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByStamp) and other.world is self.world


@lru_cache(maxsize=2)
def _of_all(held: _ByStamp) -> frozenset[str]:
    return frozenset(category.key for category in held.world.catalogue.open_to_all)


@lru_cache(maxsize=2)
def _forms(held: _ByStamp) -> dict[str, Form]:
    catalogue = held.world.catalogue
    return {one.key: form for one in catalogue.reportable if (form := catalogue.form_of(one.key))}
