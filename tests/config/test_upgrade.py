"""A database of the previous release, with data, becomes one of this; a newer one is left alone."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from gezhi.config.keeping.programs import programs_of
from gezhi.config.roles import SUPERUSER, as_role

# made by `gezhi demo --days 1` of that release and cut down to some hundred rows
OLD = Path(__file__).parent / "upgrade" / "0.3.0.sql.gz"
MOVED = {"django_migrations", "django_content_type", "auth_permission", "procrastinate_version"}


@pytest.fixture
def url(django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database of 0.3.0 beside the one of the tests."""
    server = os.environ.get("GEZHI_OWNER_URL") or os.environ["DATABASE_URL"]
    admin = make_conninfo(server, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as one:
        one.execute("DROP DATABASE IF EXISTS old_release WITH (FORCE)")
        one.execute("CREATE DATABASE old_release")
        version = one.info.server_version // 10000
    found = make_conninfo(server, dbname="old_release")
    subprocess.run(
        [programs_of(version) / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", found],
        input=gzip.decompress(OLD.read_bytes()), check=True, capture_output=True,
    )  # fmt: skip
    yield make_conninfo(os.environ["DATABASE_URL"], dbname="old_release")
    with psycopg.connect(admin, autocommit=True) as one:
        one.execute("DROP DATABASE old_release WITH (FORCE)")


def gezhi(url: str, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    own = {
        "DATABASE_URL": url,
        "GEZHI_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "gezhi", *words],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )


def counts(url: str) -> dict[str, int]:
    """As a superuser, for whom no policy holds anything back."""
    with psycopg.connect(as_role(url, SUPERUSER)) as one:
        names = [row[0] for row in one.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {name: one.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # type: ignore[index, call-overload]


def test_a_database_of_the_previous_release_is_brought_up_to_date_with_all_its_rows(
    url: str, tmp_path: Path
) -> None:
    before = counts(url)
    assert before["cases_case"] > 50
    checked = gezhi(url, tmp_path, "migrate", "--check")
    assert checked.returncode == 1, checked.stderr
    planned = gezhi(url, tmp_path, "migrate", "--plan")
    assert "changes wait." in planned.stdout
    assert counts(url) == before, "neither of both changes anything"

    done = gezhi(url, tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    after = counts(url)
    lost = {name: count for name, count in before.items() if name not in MOVED and after.get(name, 0) < count}
    assert not lost
    assert gezhi(url, tmp_path, "migrate", "--check").returncode == 0
    with psycopg.connect(as_role(url, SUPERUSER)) as one:
        named = one.execute("SELECT count(*) FROM cases_reporter WHERE phone <> ''").fetchone()
    assert named is not None
    assert named[0] > 0, "who reported has moved behind the wall"
    assert gezhi(url, tmp_path, "check").returncode == 0
    verified = gezhi(url, tmp_path, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout


def test_an_older_program_does_not_start_on_newer_tables(url: str, tmp_path: Path) -> None:
    assert gezhi(url, tmp_path, "migrate").returncode == 0
    with psycopg.connect(as_role(url, SUPERUSER), autocommit=True) as one:
        one.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9000_tomorrow', now())"
        )
    for words in (("migrate", "--plan"), ("worker",)):
        refused = gezhi(url, tmp_path, *words)
        assert refused.returncode == 1, words
        assert "A newer program has changed this database (cases 9000_tomorrow)" in refused.stderr
