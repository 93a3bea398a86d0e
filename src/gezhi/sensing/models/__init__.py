"""Things and what they measure, who sends, and what was warned of; readings themselves are rows without a model."""

from gezhi.sensing.models.archive import ArchivedDay
from gezhi.sensing.models.backfills import BackfillFault, BackfillRun
from gezhi.sensing.models.feeds import Feed, FeedWay, Pulse
from gezhi.sensing.models.forecasts import ForecastRow, TrainedForecast
from gezhi.sensing.models.notices import PublicNotice
from gezhi.sensing.models.sources import EventFate, EventSource, EventTally, EventWay, Scene
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
from gezhi.sensing.models.warnings import Alarm, PostNotice, SensedWarning, SilenceRow, WarningMember

__all__ = [
    "Alarm",
    "ArchivedDay",
    "BackfillFault",
    "BackfillRun",
    "Datastream",
    "EventFate",
    "EventSource",
    "EventTally",
    "EventWay",
    "FeatureOfInterest",
    "FeatureSpan",
    "Feed",
    "FeedWay",
    "ForecastRow",
    "HistoricalLocation",
    "Location",
    "ObservedProperty",
    "PostNotice",
    "PublicNotice",
    "Pulse",
    "Scene",
    "SensedWarning",
    "Sensor",
    "SilenceRow",
    "Thing",
    "TrainedForecast",
    "WarningMember",
]
