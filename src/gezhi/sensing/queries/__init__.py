"""Reading things and what they measured."""

from gezhi.sensing.queries.things import Held, Reached, reached_by, streams_of, things_at

__all__ = ["Held", "Reached", "reached_by", "streams_of", "things_at"]
