"""The tests' settings: an embedded PostgreSQL server of their own, in a folder that is thrown away."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="gezhi-test-"))
os.environ["GEZHI_DATA_DIR"] = str(_folder / "data")
if not os.environ.get("DATABASE_URL"):
    import psycopg

    from gezhi.config.database import start_embedded
    from gezhi.config.roles import APP, OWNER, as_role

    os.environ["DATABASE_URL"] = start_embedded(_folder / "postgres", "gezhi")
    os.environ["GEZHI_OWNER_URL"] = as_role(os.environ["DATABASE_URL"], OWNER)
    with psycopg.connect(as_role(os.environ["DATABASE_URL"], "postgres")) as _connection:
        _connection.execute(f"ALTER ROLE {OWNER} CREATEDB")  # of the database that the tests run on
        _connection.execute(f"ALTER ROLE {APP} NOINHERIT")  # it becomes the owner only where a test says so
        _connection.execute(f"GRANT {OWNER} TO {APP}")
        for _name in ("deadlock_timeout", "session_replication_role"):  # set by tests of rings and tricks
            _connection.execute(f"GRANT SET ON PARAMETER {_name} TO {APP}, {OWNER}")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from gezhi.config.settings import *  # noqa: E402, F403
from gezhi.config.settings import DATABASES  # noqa: E402

DATABASES["default"]["ENGINE"] = "tests.postgres"
