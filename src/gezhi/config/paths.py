"""Where this node keeps what it must not lose."""

import os
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[3]


def data_dir() -> Path:
    return Path(os.environ.get("GEZHI_DATA_DIR", PROJECT_DIR / "var" / "data")).resolve()
