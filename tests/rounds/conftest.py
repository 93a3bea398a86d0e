from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests import cast
from tests.packs import small
from tests.rounds.pack import FILES

NOW = datetime(2026, 7, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday


@pytest.fixture
def walks(city: cast.Cast, tmp_path: Path) -> cast.Cast:
    """The cast's city with the pack of walks; no plan is on yet."""
    publish(read_pack(small.write(tmp_path, FILES)))
    return city
