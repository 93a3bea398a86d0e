"""Hours that were measured: the files of air stations of Beijing (PRSA, 2013 to 2017) and of Chinese cities (2020),
read where they lie and never copied. An hour of today has the values of that hour of the file's year. Pure."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

Hour = tuple[int, int, int]  # month, day, hour
Values = Mapping[str, float]
_PRSA: Final = {
    "PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "O3": "o3", "TEMP": "temperature", "WSPM": "wind",
}  # fmt: skip
_STATIONS: Final = {
    "PM2.5": "pm25",
    "PM10": "pm10",
    "SO2": "so2",
    "NO2": "no2",
    "O3_1h": "o3",
    "CO": "co",
    "AQI": "aqi",
}
_YEAR: Final = "2016"  # of PRSA: whole, and with a 29 February
_MOST: Final = 64  # stations


class NoRecordings(ValueError):
    """{folder} has no file PRSA_Data_*.csv or stations_*.csv."""

    def __init__(self, folder: Path) -> None:
        super().__init__((self.__doc__ or "").format(folder=folder))


def recorded_in(folder: Path) -> list[Mapping[Hour, Values]]:
    """A table for each station, in the order of their names. Raises NoRecordings."""
    found: dict[str, dict[Hour, Values]] = {}
    for path in sorted(folder.glob("PRSA_Data_*.csv")):
        for name, hour, values in _prsa(path):
            found.setdefault(name, {})[hour] = values
    for path in sorted(folder.glob("stations_*.csv")):
        for name, hour, values in _stations(path):
            if name in found or len(found) < _MOST:
                found.setdefault(name, {})[hour] = values
    if not found:
        raise NoRecordings(folder)
    return [found[name] for name in sorted(found)]


def hour_of(local: datetime) -> Hour:
    return local.month, local.day, local.hour


def _prsa(path: Path) -> Iterator[tuple[str, Hour, Values]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["year"] == _YEAR:
                values = _read(row, _PRSA)
                if (carbon := _number(row["CO"])) is not None:
                    values["co"] = round(carbon / 1000, 3)  # the file has micrograms
                yield row["station"], (int(row["month"]), int(row["day"]), int(row["hour"])), values


def _stations(path: Path) -> Iterator[tuple[str, Hour, Values]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            day = row["Date"]
            if len(day) == 8 and day.isdigit() and row["Hour"].isdigit():
                hour = int(day[4:6]), int(day[6:]), int(row["Hour"]) % 24
                yield f"{path.stem} {row['WatchPoint']}", hour, _read(row, _STATIONS)


def _read(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, float]:
    found = {name: _number(row.get(column, "")) for column, name in columns.items()}
    return {name: value for name, value in found.items() if value is not None}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
