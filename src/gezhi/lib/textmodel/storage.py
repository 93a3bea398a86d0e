"""A model as bytes: mark, version, checksum, a JSON head with the labels, then the arrays, little-endian."""

import json
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.textmodel.grams import COLUMNS
from gezhi.lib.textmodel.model import TextModel

MARK = b"GZTEXT"
VERSION = 1
FRONT = struct.Struct("<6sHII")  # mark, version, CRC-32 of what follows, length of the JSON head


def pack(model: TextModel) -> bytes:
    head = {"labels": model.labels, "features": len(model.columns), "sharpness": model.sharpness}
    text = json.dumps(head, ensure_ascii=False).encode()
    arrays = (
        model.columns.astype("<i4").tobytes(),
        *(array.astype("<f4").tobytes() for array in (model.scale, model.weights, model.bias)),
    )
    body = b"".join((text, *arrays))
    return FRONT.pack(MARK, VERSION, zlib.crc32(body), len(text)) + body


def unpack(data: bytes) -> TextModel:
    if len(data) < FRONT.size or data[: len(MARK)] != MARK:
        raise ValueError("These bytes are not a text model.")
    _, version, checksum, length = FRONT.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"The text model has version {version}; only {VERSION} can be read. Train again.")
    body = memoryview(data)[FRONT.size :]
    if zlib.crc32(body) != checksum:
        raise ValueError("The text model is damaged: its checksum does not match. Train again.")
    return _model(bytes(body[:length]), body[length:])


def _model(head: bytes, arrays: memoryview) -> TextModel:
    try:
        about = json.loads(head)
        labels = tuple(str(label) for label in about["labels"])
        features, sharpness = int(about["features"]), float(about["sharpness"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("The head of the text model cannot be read. Train again.") from error
    numbers = (2 + len(labels)) * features + len(labels)
    if len(labels) < 2 or features < 1 or len(arrays) != 4 * numbers:
        raise ValueError("The text model is not as long as its head says. Train again.")
    columns = np.frombuffer(arrays[: 4 * features], dtype="<i4")
    if columns.min() < 0 or columns.max() >= COLUMNS:
        raise ValueError("The text model names features that do not exist. Train again.")
    scale, weights, bias = _split(np.frombuffer(arrays[4 * features :], dtype="<f4"), features, len(labels))
    return TextModel(labels, columns, scale, weights, bias, sharpness)


def _split(
    numbers: NDArray[np.float32], features: int, labels: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    end = features + features * labels
    return numbers[:features], numbers[features:end].reshape(features, labels), numbers[end:]
