"""A node is followed, and made anew from what was followed: a real one, with real servers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from gezhi.config.keeping.store import Store
from gezhi.config.roles import OWNER, as_role
from tests.chaos.server import ELSEWHERE, INSTALLED

KEY = "GEZHI_BACKUP_KEY_FILE"
SETTLE = """
import sys
from gezhi.config.cli import prepare
prepare()
from tests import cast
from gezhi.cases.photos import load_photo
cast.settle()
for _ in range(3):
    cast.accept([cast.report(photos=(load_photo(cast.photo()),))])
import os
print(os.environ["DATABASE_URL"], flush=True)
sys.stdin.readline()
"""


@dataclass
class Node:
    data: Path
    backup: Path
    url: str
    environment: dict[str, str]

    def gezhi(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "gezhi", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, statement: str) -> int:
        with psycopg.connect(self.url, autocommit=True) as one:
            row = one.execute(statement).fetchone()  # type: ignore[call-overload]
            assert row
            return int(row[0])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Whoever tests beside us shuts the folder of all tests against the database's own user; this one stays open."""
    made = Path(tempfile.mkdtemp(prefix="gezhi-keeping-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def room(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


@pytest.fixture(scope="module", params=["", "sealed"])
def node(request: pytest.FixtureRequest, folder: Path) -> Iterator[Node]:
    """A settled node with three photos, followed; once plain, once sealed."""
    folder = folder / (request.param or "plain")
    folder.mkdir()
    plain = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    data, backup = folder / "data", folder / "backup"
    own = {
        "GEZHI_DATA_DIR": str(data), "GEZHI_BACKUP_DIR": str(backup), **INSTALLED,
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
    }  # fmt: skip
    if request.param:
        (folder / "key").write_bytes(os.urandom(48).hex().encode())
        own[KEY] = str(folder / "key")
    holder = subprocess.Popen(
        [sys.executable, "-c", SETTLE],
        env={**plain, **own},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    url = holder.stdout.readline().strip()
    own["DATABASE_URL"], own["GEZHI_OWNER_URL"] = url, as_role(url, OWNER)
    follower = subprocess.Popen([sys.executable, "-m", "gezhi", "backup", "follow"], env={**plain, **own})
    made = Node(data, backup, url, {**plain, **own})
    try:
        wait_for_mark(made)
        yield made
    finally:
        follower.send_signal(signal.SIGTERM)
        follower.wait(20)
        assert holder.stdin
        with suppress(BrokenPipeError):
            holder.stdin.close()
        holder.wait(30)


def store_of(node: Node) -> Store:
    from gezhi.config.keeping.records import key_in

    return Store(node.backup, key_in(node.environment.get(KEY, "")))


def wait_for_mark(node: Node, after: datetime | None = None) -> None:
    store, end = store_of(node), time.monotonic() + 90
    while time.monotonic() < end:
        with suppress(OSError):
            mark = store.last_mark()
            if mark and (after is None or mark.at > after):
                return
        time.sleep(0.2)
    raise AssertionError(f"no mark came: {store.state()}")


def restored(node: Node, into: Path, *words: str) -> dict[str, object]:
    done = node.gezhi("restore", "--into", str(into), "--json", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_everything_comes_back_whole(node: Node, room: Path) -> None:
    told = restored(node, room / "new")
    assert told["whole"] is True
    proof = told["proof"]
    assert isinstance(proof, dict)
    assert proof["rows"]["cases_report"] == 3
    assert proof["named"] == 6, "each photo and what is known of it"
    assert (room / "new" / "secret-key").read_text() == (node.data / "secret-key").read_text()


def test_one_can_go_back_to_a_moment_before_a_mistake(node: Node, room: Path) -> None:
    before = datetime.now(UTC)
    time.sleep(1.5)
    node.ask("WITH gone AS (DELETE FROM notices_notice RETURNING 1) SELECT count(*) FROM gone")
    wait_for_mark(node, after=datetime.now(UTC))
    assert node.ask("SELECT count(*) FROM notices_notice") == 0
    told = restored(node, room / "new", "--to", before.isoformat())
    proof = told["proof"]
    assert isinstance(proof, dict)
    assert proof["rows"]["notices_notice"] == 3


def test_a_folder_that_holds_something_is_not_written_over(node: Node, room: Path) -> None:
    (room / "dear").write_text("to me")
    refused = node.gezhi("restore", "--into", str(room))
    assert refused.returncode == 1
    assert "is not empty. With --yes" in refused.stderr
    lives = node.gezhi("restore", "--into", str(node.data), "--yes")
    assert lives.returncode == 1
    assert "A database runs in" in lives.stderr
    assert restored(node, room, "--yes")["whole"] is True
    assert [path.read_text() for path in room.glob("replaced-*/dear")] == ["to me"]


def test_a_drill_is_recorded_in_table_and_ledger(node: Node, room: Path) -> None:
    done = node.gezhi("drill", "--json", "--within", str(room))
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["ok"] is True
    assert node.ask("SELECT count(*) FROM keeping_drill WHERE ok") == 1
    assert node.ask("SELECT count(*) FROM ledger_entry WHERE kind = 'keeping.drill'") == 1
    assert not list(room.iterdir()), "nothing is left of it"


def test_a_damaged_backup_is_found_by_check_and_by_a_drill(node: Node, room: Path) -> None:
    assert node.gezhi("backup", "check").returncode == 0
    store = store_of(node)
    archive = store.archive_of(store.bases()[-1].stamp)
    good = archive.read_bytes()
    middle = len(good) // 2
    archive.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
    try:
        checked = node.gezhi("backup", "check")
        assert checked.returncode == 1
        assert "is not what was stored" in checked.stdout
        drill = node.gezhi("drill", "--within", str(room))
        assert drill.returncode == 1
        assert "The drill failed" in drill.stdout
        assert node.ask("SELECT count(*) FROM people_signal WHERE kind = 'backup.drill-failed'") == 1
    finally:
        archive.write_bytes(good)


def test_a_sealed_folder_needs_its_key(node: Node, room: Path) -> None:
    if KEY not in node.environment:
        pytest.skip("a plain folder has no key")
    without = Node(node.data, node.backup, node.url, {**node.environment, KEY: ""})
    refused = without.gezhi("restore", "--into", str(room / "new"))
    assert refused.returncode == 1
    assert "is sealed with the key" in refused.stderr
    picture = next((node.backup / "files" / "evidence").rglob("*.jpg")).read_bytes()
    assert not picture.startswith(b"\xff\xd8"), "not even the photos can be seen"
