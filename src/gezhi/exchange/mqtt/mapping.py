"""How payloads of a subscription become readings: data, not code.

    - filter: city/+/level
      form: json                          # json, senml, sensorthings, hj212
      rows: data.samples                  # where the list is; without it the payload is one row, or a list of rows
      key: "{1}/{device}"                 # levels of the topic from 0, fields of the row; names the thing
      values: {level: m.level, rain: m.rain}   # datastream of the thing -> where in the row its number is
      time: ts
      clock: ms                           # iso, s, ms; without `time` the moment of receipt stands, marked as assumed
      marks: {at: q, F: STOPPED, D: FAULTY}

The series of a value is found by "KEY/NAME", for senml by the resolved name.
"""

from collections.abc import Callable
from collections.abc import Mapping as Table
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from gezhi.exchange.mqtt.topics import is_filter
from gezhi.sensing.columns import FROM_DEVICE, Mark

Form = Literal["json", "senml", "sensorthings", "hj212"]
Clock = Literal["iso", "s", "ms"]
Path = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
_NAMES: Final = tuple(str(mark.name) for mark in Mark if mark and mark in FROM_DEVICE)


class Mapping(BaseModel):
    """One subscription. Errors name the key and what is allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filter: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    form: Form = "json"
    rows: Path | None = None
    key: Annotated[str, StringConstraints(max_length=300)] = ""
    values: Annotated[dict[str, Path], Field(max_length=100)] = {}
    time: Path | None = None
    clock: Clock = "iso"
    marks: Annotated[dict[str, str], Field(max_length=50)] = {}

    @field_validator("filter")
    @classmethod
    def _is_filter(cls, value: str) -> str:
        if not is_filter(value):
            raise ValueError("a level is a name, + or (the last) #")
        return value

    @field_validator("marks")
    @classmethod
    def _known_marks(cls, value: dict[str, str]) -> dict[str, str]:
        if value and "at" not in value:
            raise ValueError("`at` says where in a row the mark is")
        if strange := [name for said, name in value.items() if said != "at" and name not in _NAMES]:
            raise ValueError(f"{strange[0]} is no mark; there are {', '.join(_NAMES)}")
        return value

    @model_validator(mode="after")
    def _fits_its_form(self) -> Self:
        if self.form == "json" and not self.values:
            raise ValueError("a json mapping names at least one value")
        if self.form != "json" and (self.values or self.rows or self.time or self.marks or self.key):
            raise ValueError(f"{self.form} says itself where values, times and names are")
        return self

    @property
    def mark_of(self) -> Table[str, Mark]:
        return {said: Mark[name] for said, name in self.marks.items() if said != "at"}


def finder(path: str | None) -> Callable[[Any], Any]:
    """Looks along a path; without one it finds what it looks in."""
    if path is None:
        return lambda row: row
    steps = tuple(path.split("."))
    if len(steps) == 1:
        return lambda row: row.get(path) if isinstance(row, dict) else found(row, steps)
    return lambda row: found(row, steps)


def found(row: Any, path: tuple[str, ...]) -> Any:
    """What stands there; None where the path ends early."""
    for step in path:
        if isinstance(row, dict):
            row = row.get(step)
        elif isinstance(row, list) and step.isdigit() and int(step) < len(row):
            row = row[int(step)]
        else:
            return None
    return row
