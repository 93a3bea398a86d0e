"""What the system would have done by itself, were outside proofs fresh."""

from datetime import datetime

from gezhi.cases.queries.held import held_count
from gezhi.cases.world import known_world
from gezhi.rights.queries.asked import waiting_rights


def held_acts(now: datetime) -> int:
    """Cases that would have gone on as their time is over, and rights that were granted. Ask while proofs are stale."""
    return held_count(known_world(), now) + waiting_rights()
