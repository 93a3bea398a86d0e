"""Data arrays of SensorThings, and events of a camera, by HTTP with a key."""

import json
from collections.abc import Sequence
from http.client import HTTPException
from random import Random
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request

from gezhi.demo.sensors.faults import Sent
from gezhi.lib.calling import called

PATIENCE: Final = 20.0  # seconds
MOST: Final = 20_000  # readings of a body
HELD: Final = 200_000  # readings that wait while the node is away


class Http:
    """`url`: the node's. `refused`: readings or events that it answered no to."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._waiting: list[Sent] = []
        self.acknowledged, self.refused = 0, 0

    def send(self, readings: Sequence[Sent]) -> None:
        """What cannot be sent now goes with the next."""
        self._waiting = [*self._waiting, *readings][-HELD:]
        while self._waiting:
            part = self._waiting[:MOST]
            answer = self._post("/api/sensorthings/v1.1/CreateObservations", _arrays(part))
            if answer is None:
                return
            refused = len(part) if not isinstance(answer, list) else sum(one == "error" for one in answer)
            self.refused += refused
            self.acknowledged += len(part) - refused
            del self._waiting[: len(part)]

    def event(self, event: dict[str, object]) -> bool:
        return self._post("/api/v1/sensing/hazards", event) is not None

    def flood(self, count: int, rng: Random) -> None:
        for _ in range(count):
            self._post(
                "/api/sensorthings/v1.1/CreateObservations", rng.choice(([], {"a": 1}, [{"components": 7}]))
            )
            self.refused += 1

    def _post(self, path: str, body: object) -> object | None:
        """The answer, {} for a no; None: nobody answers."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = Request(self._url + path, json.dumps(body).encode(), headers)  # noqa: S310 - where its caller says
        try:
            with called(request, PATIENCE) as answer:
                return json.loads(answer.read() or b"{}")  # type: ignore[no-any-return]
        except HTTPError as error:
            return None if error.code in (429, 500, 502, 503, 504) else {}
        except (OSError, HTTPException, ValueError):
            return None


def _arrays(readings: Sequence[Sent]) -> list[dict[str, object]]:
    """In the order of the readings."""
    groups: list[dict[str, object]] = []
    rows: list[list[object]] = []
    series = 0
    for one in readings:
        if one.series != series:
            series, rows = one.series, []
            stream = {"@iot.id": one.series}
            groups.append(
                {"Datastream": stream, "components": ["phenomenonTime", "result"], "dataArray": rows}
            )
        rows.append([one.at.isoformat(timespec="milliseconds"), one.value])
    return groups
