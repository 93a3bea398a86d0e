"""Real maps from outside the project, when they are there, and a small invented county."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings

from gezhi.places.divisions import Division

ROOT = Path(__file__).resolve().parents[2]
HANGZHOU = "hangzhou_xiacheng"


@pytest.fixture(scope="session")
def maps() -> Path:
    folder = Path(os.environ.get("GEZHI_SHARED_DATA", ROOT.parent / "shared" / "data")) / "maps"
    if not folder.is_dir():
        pytest.skip(f"the real maps are not here ({folder}); set GEZHI_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def tables() -> Path:
    folder = Path(settings.DIVISIONS_DIR)
    if not (folder / "villages.csv").exists():
        pytest.skip(f"the divisions' tables are not here ({folder}); run make setup")
    return folder


@pytest.fixture
def divisions() -> list[Division]:
    return [
        Division("330000000000", "浙江省"),
        Division("330200000000", "宁波市"),
        Division("330203000000", "海曙区"),
        Division("330203001000", "南门街道"),
        Division("330203001001", "万安社区居委会"),
        Division("330203001002", "柳锦社区居委会"),
        Division("330203100000", "高桥镇"),
        Division("330203100201", "岭下村委会"),
        Division("330203100202", "西岙村委会"),
        Division("330282000000", "慈溪市"),
        Division("330282101000", "掌起镇"),
        Division("330282101201", "陈家村委会"),
        Division("330282101202", "万安社区居委会"),
    ]


class Ledger:
    """Keeps what the actions record."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, dict[str, str | int]]] = []

    def __call__(self, kind: str, subject: str, facts: Mapping[str, str | int]) -> None:
        self.entries.append((kind, subject, dict(facts)))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(autouse=True)
def _nothing_loaded(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("empty_node")
