"""A log of its own for each test."""

from pathlib import Path

import pytest
from pytest_django import Settings

from gezhi.ledger.folder import LogFolder


@pytest.fixture
def log(city: object, settings: Settings, tmp_path: Path) -> LogFolder:
    """The folder of a log that has published nothing yet, beside the cast."""
    settings.DATA_DIR = tmp_path
    return LogFolder(tmp_path / "ledger")
