"""When a state's limit ends for a case, by the parameters in force on the day. Pure."""

from datetime import datetime

from gezhi.cases.deadlines import Office, due_at
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Category, State


def state_due(
    state: State, category: Category, catalogue: Catalogue, at: datetime, office: Office, limits: str = ""
) -> datetime | None:
    """None: the state has no limit. `limits`: what a rule chose for this case instead of the category's."""
    length = state_length(state, limits or category.limits, catalogue, at, office)
    return None if length is None else due_at(at, length, office)


def state_length(state: State, limits: str, catalogue: Catalogue, at: datetime, office: Office) -> str | None:
    """The length in force. One that varies is keyed `<limit>.<limits>`."""
    if state.limit is None:
        return None
    day = at.astimezone(office.zone).date()
    limit = catalogue.limit(f"{state.limit}.{limits}", day) or catalogue.limit(state.limit, day)
    return None if limit is None else limit.length
