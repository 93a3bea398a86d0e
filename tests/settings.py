"""The tests' settings: an embedded PostgreSQL server of their own, in a folder that is thrown away."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="gezhi-test-"))
os.environ["GEZHI_DATA_DIR"] = str(_folder / "data")
if not os.environ.get("DATABASE_URL"):
    from gezhi.config.database import start_embedded

    os.environ["DATABASE_URL"] = start_embedded(_folder / "postgres", "gezhi")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from gezhi.config.settings import *  # noqa: E402, F403
