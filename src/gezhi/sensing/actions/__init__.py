"""What is done about things and their readings."""

from gezhi.sensing.actions.things import change, create, observe
from gezhi.sensing.actions.things_observed import Noted, correct, take_observed
from gezhi.sensing.actions.things_removing import remove, remove_reading

__all__ = ["Noted", "change", "correct", "create", "observe", "remove", "remove_reading", "take_observed"]
