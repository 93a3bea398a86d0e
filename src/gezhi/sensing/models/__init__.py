"""Things and what they measure; readings themselves are rows without a model."""

from gezhi.sensing.models.things import (
    Datastream,
    FeatureOfInterest,
    FeatureSpan,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)

__all__ = [
    "Datastream",
    "FeatureOfInterest",
    "FeatureSpan",
    "HistoricalLocation",
    "Location",
    "ObservedProperty",
    "Sensor",
    "Thing",
]
