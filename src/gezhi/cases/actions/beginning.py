"""A case that begins out of another one, at the start of its category's procedure."""

from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.intake.lookups import take_ids
from gezhi.cases.intake.rows import case_number
from gezhi.cases.limits import state_due
from gezhi.cases.matching import match_key
from gezhi.cases.models import Case
from gezhi.cases.world import World


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the new case is about and where."""

    title: str
    category: str
    place_code: str
    lon: float | None
    lat: float | None
    address: str
    occurred_at: datetime
    suggested_unit_id: int | None
    reports: int
    parent_id: int | None = None


def open_beside(new: Beginning, world: World, at: datetime) -> Case:
    catalogue = world.catalogue
    procedure = catalogue.procedure_of(new.category)
    state = procedure.states[0]
    case_id = take_ids(1)[0][0][0]
    return Case.objects.create(
        id=case_id,
        number=case_number(case_id, at, world.office.zone),
        pack_version_id=catalogue.pack_version_id(new.category),
        procedure=procedure.key,
        category=new.category,
        title=new.title,
        state=state.key,
        is_open=state.open,
        place_code=new.place_code,
        lon=new.lon,
        lat=new.lat,
        address=new.address,
        occurred_at=new.occurred_at,
        opened_at=at,
        state_at=at,
        due_at=state_due(state, catalogue.category(new.category), catalogue, at, world.office),
        suggested_unit_id=new.suggested_unit_id,
        report_count=new.reports,
        parent_id=new.parent_id,
        match_key=match_key(new.lon, new.lat, new.place_code),
    )
