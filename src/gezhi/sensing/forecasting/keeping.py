"""A forecaster as one file: arrays and a header, no code in it, checked when read."""

import hashlib
import json
import zipfile
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.features import Ground, Plan
from gezhi.sensing.forecasting.model import Ahead, Forecaster
from gezhi.sensing.forecasting.trees import Trees

FORM = 1
BYTES_AT_MOST = 256_000_000  # unpacked
TREES = ("middle", "low", "high", "onset")

Arrays = dict[str, NDArray[np.generic]]


def packed(forecaster: Forecaster) -> bytes:
    """The same forecaster gives the same bytes. `digest` of them names it in the ledger and on the skill page."""
    arrays: Arrays = {"header": np.frombuffer(_header(forecaster).encode(), dtype=np.uint8)}
    arrays |= {"near": forecaster.ground.near, "usual": forecaster.ground.usual}
    for ahead in forecaster.aheads:
        for name in TREES:
            trees = getattr(ahead, name)
            if trees is not None:
                arrays |= trees.arrays(f"{ahead.hours}.{name}.")
    return _zipped(arrays)


def digest(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def unpacked(content: bytes, expected: str) -> Forecaster:
    """The forecaster of a file whose digest is known from elsewhere. Raises ValueError when the file is not the one
    that was kept, or is no forecaster."""
    if digest(content) != expected:
        raise ValueError(
            f"The file is not the forecaster {expected[:12]}: its digest is {digest(content)[:12]}."
        )
    arrays = _unzipped(content)
    try:
        return _forecaster(json.loads(bytes(arrays["header"].astype(np.uint8))), arrays)
    except (KeyError, TypeError, IndexError, UnicodeDecodeError, json.JSONDecodeError) as trouble:
        raise ValueError(f"The file is no forecaster: {trouble!r}.") from trouble


def _header(forecaster: Forecaster) -> str:
    kept = {
        "form": FORM,
        "plan": asdict(forecaster.plan),
        "series": forecaster.series,
        "columns": forecaster.columns,
        "threshold": forecaster.threshold,
        "made_on": forecaster.made_on,
        "known_until": forecaster.known_until,
        "skill": forecaster.skill,
        "aheads": [
            {"hours": one.hours, "wider": one.wider, "cut": one.cut, "onset": one.onset is not None}
            for one in forecaster.aheads
        ],
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _forecaster(header: dict[str, Any], arrays: Arrays) -> Forecaster:
    if header["form"] != FORM:
        raise ValueError(f"The file has form {header['form']}; this node reads form {FORM}.")
    plan = header["plan"]
    series = tuple(header["series"])
    near, usual = arrays["near"].astype(np.int64), arrays["usual"].astype(np.float32)
    if len(near) != len(series) or usual.shape != (len(series), 2) or not _within(near, len(series)):
        raise ValueError("The file's neighbours do not fit its series.")
    return Forecaster(
        Plan(plan["target"], tuple(plan["others"]), int(plan["beside"])),
        series,
        Ground(near, usual),
        tuple(header["columns"]),
        float(header["threshold"]),
        str(header["made_on"]),
        int(header["known_until"]),
        tuple(_ahead(one, arrays) for one in header["aheads"]),
        {str(name): float(value) for name, value in header["skill"].items()},
    )


def _ahead(kept: dict[str, Any], arrays: Arrays) -> Ahead:
    hours = int(kept["hours"])
    middle, low, high = (Trees.from_arrays(arrays, f"{hours}.{name}.") for name in TREES[:3])
    onset = Trees.from_arrays(arrays, f"{hours}.onset.") if kept["onset"] else None
    return Ahead(hours, middle, low, high, float(kept["wider"]), onset, float(kept["cut"]))


def _within(numbers: NDArray[np.int64], count: int) -> bool:
    return not numbers.size or (numbers.min() >= 0 and numbers.max() < count)


def _zipped(arrays: Arrays) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            body = BytesIO()
            np.save(body, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy")  # without a date, which would change the bytes
            archive.writestr(entry, body.getvalue(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _unzipped(content: bytes) -> Arrays:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > BYTES_AT_MOST:
                raise ValueError(f"The file unpacks to more than {BYTES_AT_MOST} bytes.")
            return {
                entry.filename.removesuffix(".npy"): np.load(BytesIO(archive.read(entry)), allow_pickle=False)
                for entry in archive.infolist()
            }
    except (zipfile.BadZipFile, EOFError) as trouble:
        raise ValueError("The file is no archive of arrays.") from trouble
