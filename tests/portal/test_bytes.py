"""A resident's first page costs little on a slow line."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests import cast

BUDGET = 30_000  # bytes, gzipped, of the page and all that it loads at once
LOADED = re.compile(r'(?:href|src)="/static/([^"#]+\.(?:css|js|svg))')


def weight(page: str) -> int:
    files = {_file(name) for name in LOADED.findall(page)}
    return sum(len(gzip.compress(data, 6)) for data in (page.encode(), *(one.read_bytes() for one in files)))


def _file(name: str) -> Path:
    """As collected, under its hashed name, or as it lies in the source."""
    collected = Path(settings.STATIC_ROOT) / name
    return collected if collected.exists() else Path(settings.PACKAGE_DIR) / "static" / name


@pytest.mark.parametrize("large", ["", "1"])
@pytest.mark.parametrize("path", ["/", "/report/", "/follow/", "/map/", "/kept/"])
def test_the_first_load_stays_below_thirty_kilobytes(
    client: Client, city: cast.Cast, path: str, large: str
) -> None:
    if large:
        client.cookies["large"] = large
    assert weight(client.get(path).content.decode()) <= BUDGET


def test_the_weight_counts_what_is_loaded() -> None:
    assert weight('<link href="/static/css/base.css">') > weight("") + 1000
