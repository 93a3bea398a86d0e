"""A grid worker's first visit costs little on a slow line, all that the phone keeps included."""

import gzip
import json

import pytest
from django.test import Client

from tests import cast
from tests.portal.test_bytes import weight

BUDGET = 40_000  # bytes, gzipped, of a page, the worker, the shell and the day's work


@pytest.mark.parametrize("path", ["/field/", "/field/report/", "/field/rounds/"])
def test_the_first_visit_stays_below_forty_kilobytes(client: Client, city: cast.Cast, path: str) -> None:
    for _ in range(3):
        cast.reported(grid=f"{cast.WANAN}001")
    client.force_login(city.account("grid-worker"))
    beside = ("/field/sw.js", "/field/outbox/", "/field/day.json", "/field/app.webmanifest")
    kept = sum(len(gzip.compress(client.get(one).content, 6)) for one in beside)
    assert weight(client.get(path).content.decode()) + kept <= BUDGET


def test_the_day_travels_compressed(client: Client, city: cast.Cast) -> None:
    client.force_login(city.account("grid-worker"))
    answer = client.get("/field/day.json", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.content))["name"] == "网格员小孙"
