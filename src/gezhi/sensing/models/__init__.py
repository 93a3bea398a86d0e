"""Tables of sensing."""

from gezhi.sensing.models.sources import EventFate, EventSource, EventTally, EventWay, Scene

__all__ = ["EventFate", "EventSource", "EventTally", "EventWay", "Scene"]
