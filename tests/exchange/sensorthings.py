"""A service of SensorThings with somebody who asks it."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from gezhi.people.actions import issue_token
from tests.cast import Cast, centre_of

ROOT = "/api/sensorthings/v1.1"
HOST = f"http://testserver{ROOT}"
UNIT = {"name": "metre", "symbol": "m", "definition": "http://qudt.org/vocab/unit/M"}
MEASURED = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@dataclass
class Asker:
    client: Client

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"{ROOT}/{path}".rstrip("/"))
        assert answer.status_code == status, (path, answer.content[:500])
        return answer.json() if answer.content else None

    def values(self, path: str) -> list[dict[str, Any]]:
        return self.get(path)["value"]

    def send(
        self, method: str, path: str, body: object = None, kind: str = "application/json"
    ) -> HttpResponse:
        text = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.generic(method, f"{ROOT}/{path}", text, kind)

    def post(self, path: str, body: object, status: int = 201) -> Any:
        answer = self.send("POST", path, body)
        assert answer.status_code == status, (path, answer.content[:800])
        return answer.json()

    def made(self, path: str, body: object) -> int:
        return int(self.post(path, body)["@iot.id"])


def asker(city: Cast, username: str, *scopes: str) -> Asker:
    key = issue_token(city.account(username), "things", list(scopes or ("read", "sense")), timezone.now())
    return Asker(Client(headers={"Authorization": f"Bearer {key}"}))


def point(grid: str, name: str = "井口") -> dict[str, Any]:
    lon, lat = centre_of(grid)
    return {
        "name": name,
        "description": name,
        "encodingType": "application/geo+json",
        "location": {"type": "Point", "coordinates": [lon, lat]},
    }


def sensor(name: str = "液位计") -> dict[str, Any]:
    return {"name": name, "description": name, "encodingType": "text/plain", "metadata": "LT-1"}


def observed_property(name: str = "level") -> dict[str, Any]:
    return {"name": name, "definition": f"urn:{name}", "description": name}


def datastream(name: str = "液位", **more: object) -> dict[str, Any]:
    return {
        "name": name,
        "description": name,
        "observationType": MEASURED,
        "unitOfMeasurement": UNIT,
        "Sensor": sensor(),
        "ObservedProperty": observed_property(),
        **more,
    }


def manhole(grid: str, name: str = "井1", *streams: dict[str, Any], **properties: object) -> dict[str, Any]:
    return {
        "name": name,
        "description": name,
        "properties": {"kind": "manhole", **properties},
        "Locations": [point(grid)],
        "Datastreams": list(streams or (datastream(),)),
    }


def at(minute: int) -> str:
    return f"2026-03-01T{minute // 60:02}:{minute % 60:02}:00Z"


def stream_of(service: Asker, thing: int) -> int:
    return int(service.values(f"Things({thing})/Datastreams")[0]["@iot.id"])
