"""Recorded series of the shared data folder, as arrays. None of it is copied into the project."""

import csv
import os
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.panel import Panel

ROOT = Path(__file__).resolve().parents[2]
SENSORS = Path(os.environ.get("GEZHI_SHARED_DATA", ROOT.parent / "shared" / "data")) / "sensors"
STATIONS = ("Aotizhongxin", "Changping", "Dongsi", "Huairou", "Tiantan", "Wanliu")
READ = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "WSPM")
MADE = ("DRY", "WIND_EAST", "WIND_NORTH")  # temperature above the dew point; where the wind blows to
COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  the files tell Beijing's clock, and hours are counted on it
BATADAL_CLEAN = 8_761  # hours of the first file before the second begins in it


class Absent(Exception):
    """The data is not on this machine."""


def beijing() -> Panel:
    """PRSA: hourly, 2013-03-01 to 2017-02-28, six stations."""
    tables = [_rows(_file(f"PRSA_Data_{name}_20130301-20170228.csv")) for name in STATIONS]
    values = np.stack([_station(table) for table in tables], axis=1)
    return Panel(
        hour_of(*(int(tables[0][0][name]) for name in ("year", "month", "day"))),
        STATIONS,
        READ + MADE,
        values,
    )


def hour_of(year: int, month: int, day: int) -> int:
    return int((datetime(year, month, day) - EPOCH).total_seconds() // 3600)  # noqa: DTZ001


def batadal(
    name: str,
) -> tuple[tuple[str, ...], NDArray[np.datetime64], NDArray[np.float64], NDArray[np.bool_]]:
    """Names, hours, values float64[hours, sensors] and whether the hour is labelled as an attack. `name`: `clean` (a
    year without attacks), `known` (seven attacks, labelled for everybody) or `test`."""
    rows = _rows(_file(f"batadal/{'test_dataset' if name == 'test' else 'training_dataset_1'}.csv"))
    chosen = {"clean": rows[:BATADAL_CLEAN], "known": rows[BATADAL_CLEAN:], "test": rows}[name]
    names = tuple(key for key in rows[0] if key not in {"DATETIME", "ATT_FLAG"})
    hours = np.array(
        [datetime.strptime(row["DATETIME"], "%d/%m/%y %H") for row in chosen],  # noqa: DTZ007
        dtype="datetime64[h]",
    )
    values = np.array([[float(row[key]) for key in names] for row in chosen])
    return names, hours, values, np.array([float(row["ATT_FLAG"]) == 1 for row in chosen])


def _file(name: str) -> Path:
    path = SENSORS / name
    if not path.exists():
        raise Absent(f"{path} is absent; GEZHI_SHARED_DATA names the folder of shared data")
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def _station(rows: list[dict[str, str]]) -> NDArray[np.float32]:
    read = np.array([[_number(row[name]) for name in READ] for row in rows])
    column = dict(zip(READ, read.T, strict=True))
    to = np.radians([_direction(row["wd"]) for row in rows]) + np.pi
    made = (
        column["TEMP"] - column["DEWP"],
        column["WSPM"] * np.sin(to),
        column["WSPM"] * np.cos(to),
    )
    return np.column_stack((read, *made)).astype(np.float32)


def _number(text: str) -> float:
    return float("nan") if text in {"NA", ""} else float(text)


def _direction(text: str) -> float:
    return COMPASS.index(text) * 22.5 if text in COMPASS else float("nan")
