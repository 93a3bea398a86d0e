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


def edge_for(
    source: str, account_id: int | None = None, now: datetime | None = None, *, strict: bool = False
) -> Edge:
    """No statement, once the process has read its configuration. `strict`: see Edge."""
    current = known_world()
    return Edge(
        source=source,
        now=now or timezone.now(),
        zone=ZoneInfo(settings.TIME_ZONE),
        categories=_reportable(_ByStamp(current)),
        places=current.places,
        submitted_by_id=account_id,
        forms=_forms(_ByStamp(current)),
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
def _reportable(held: _ByStamp) -> frozenset[str]:
    return frozenset(category.key for category in held.world.catalogue.reportable)


@lru_cache(maxsize=2)
def _forms(held: _ByStamp) -> dict[str, Form]:
    catalogue = held.world.catalogue
    return {one.key: form for one in catalogue.reportable if (form := catalogue.form_of(one.key))}
