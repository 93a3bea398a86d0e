"""When a state's limit ends for a category, by the parameters in force on the day. Pure."""

from datetime import datetime

from gezhi.cases.deadlines import Office, due_at
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Category, State


def state_due(
    state: State, category: Category, catalogue: Catalogue, at: datetime, office: Office
) -> datetime | None:
    """None: the state has no limit. A limit that varies by category is keyed `<limit>.<category.limits>`."""
    if state.limit is None:
        return None
    day = at.astimezone(office.zone).date()
    limit = catalogue.limit(f"{state.limit}.{category.limits}", day) or catalogue.limit(state.limit, day)
    return None if limit is None else due_at(at, limit.length, office)
