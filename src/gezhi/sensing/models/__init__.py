"""Tables of sensing."""

from gezhi.sensing.models.sources import EventFate, EventSource, EventTally

__all__ = ["EventFate", "EventSource", "EventTally"]
