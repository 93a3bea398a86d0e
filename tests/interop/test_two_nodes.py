"""Two nodes, each a witness of the other, as processes with databases and folders of their own."""

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from gezhi.ledger import notes
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.witnessing import origin_hash
from tests.chaos.server import Server, free_port

RUN = """
import sys
from click.testing import CliRunner
from gezhi.config.cli import main
said = [CliRunner().invoke(main, command.split(" ")) for command in sys.argv[1:]]
print("\\0".join(one.output for one in said), end="")
sys.exit(max(one.exit_code for one in said))
"""


def acting(account: str) -> tuple[str, str]:
    return f"people account {account} {account} --password long-enough-for-tests", "ledger publish"


@dataclass
class Node:
    """`witnesses`: the setting that names them."""

    name: str
    data: Path
    port: int = field(default_factory=free_port)
    witnesses: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": make_conninfo(os.environ["DATABASE_URL"], dbname=self.name),
            "GEZHI_OWNER_URL": make_conninfo(os.environ["GEZHI_OWNER_URL"], dbname=self.name),
            "GEZHI_DATA_DIR": str(self.data),
            "GEZHI_LEDGER_ORIGIN": f"{self.name}.example/ledger",
            "GEZHI_WITNESSES": self.witnesses,
            "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
        }

    def run(self, *commands: str) -> list[str]:
        """What each command says, all in one process of this node."""
        done = subprocess.run(
            [sys.executable, "-c", RUN, *commands],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.split("\0")

    def act_and_ask(self, account: str) -> str:
        """Something is recorded, stands under a checkpoint, and the witness is asked about that."""
        return self.run(*acting(account), "ledger vouch")[-1]

    def serve(self) -> Server:
        server = Server(
            self.data,
            "",
            self.port,
            more=self.environment,
            options=("--no-worker", "--no-live", "--processes", "1"),
        )
        server.start()
        server.wait_ready()
        return server

    def head(self) -> tuple[notes.Note, notes.Checkpoint]:
        note = notes.parse_note((self.data / "ledger" / "checkpoint").read_text())
        return note, notes.parse_checkpoint(note.text)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    both = Node("city", tmp_path / "city"), Node("court", tmp_path / "court")
    with psycopg.connect(os.environ["GEZHI_OWNER_URL"], autocommit=True) as connection:
        connection.execute("CREATE DATABASE city")
        both[0].data.mkdir()
        both[1].data.mkdir()
        both[0].run("ledger outsiders")  # which makes the tables
        connection.execute("CREATE DATABASE court TEMPLATE city")
        yield both
        for node in both:
            connection.execute(f"DROP DATABASE {node.name} WITH (FORCE)")


def introduce(one: Node, other: Node) -> None:
    """Each is told of the other's keys, as their owners would by letter."""
    keys = {}
    for node in (one, other):
        *_, listed, witness = node.run(*acting("first"), "ledger keys", "ledger witness key")
        keys[node.name] = listed.partition("\t")[0], witness.strip()
    for log, witness in ((one, other), (other, one)):
        witness.run(f"ledger witness add {keys[log.name][0]}")
        log.witnesses = (
            f"{witness.name}={keys[witness.name][1]}@http://127.0.0.1:{witness.port}/ledger/witness"
        )


def is_cosigned(node: Node) -> bool:
    """The checkpoint as it lies there bears the witness's line."""
    key = node.witnesses.partition("=")[2].rpartition("@")[0]
    try:
        return bool(notes.verified_by(node.head()[0], verifiers_of([key])))
    except notes.BadNote:
        return False


def shown_by(witness: Node, log: Node) -> int:
    """The size of the log's last head that its witness shows to anybody."""
    address = f"http://127.0.0.1:{witness.port}/ledger/witness/{origin_hash(log.head()[1].origin)}/checkpoint"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return notes.parse_checkpoint(notes.parse_note(answer.read().decode()).text).size


def test_two_nodes_witness_each_other_and_a_rolled_back_one_is_caught(nodes: tuple[Node, Node]) -> None:
    city, court = nodes
    introduce(city, court)
    servers = [node.serve() for node in nodes]
    try:
        for node in nodes:
            assert "witness: fresh" in node.run("ledger vouch")[0]
            assert is_cosigned(node)
        _goes_on(city, court, servers[1])
        _is_caught(city, court)
    finally:
        for server in servers:
            server.stop()


def _goes_on(city: Node, court: Node, witness: Server) -> None:
    """Also after the witness was killed between two heads."""
    witness.kill_all()
    assert "does not answer" in city.act_and_ask("second")
    assert not is_cosigned(city)
    witness.start()
    witness.wait_ready()
    assert "does not answer" not in city.act_and_ask("third")
    assert is_cosigned(city)
    assert shown_by(court, city) == city.head()[1].size


def _is_caught(city: Node, court: Node) -> None:
    """An old copy of the city's node writes another history with the same key: no head of it is cosigned."""
    copy = city.data.with_name("copy")
    shutil.copytree(city.data, copy)
    kept = _rows(city)
    city.act_and_ask("fourth")
    before = shown_by(court, city)
    _forget(city, kept)
    shutil.rmtree(city.data)
    copy.rename(city.data)
    said = city.act_and_ask("quite-another")
    assert city.head()[1].size == before
    assert "422" in said, said
    assert not is_cosigned(city)
    assert shown_by(court, city) == before
    assert "1 faults" in court.run("ledger witness logs")[0]


def _rows(node: Node) -> int:
    with psycopg.connect(node.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT max(id) FROM ledger_entry").fetchone()
        assert row is not None
        return int(row[0])


def _forget(node: Node, kept: int) -> None:
    """The database as it was when the copy was made. Its owner can do that: the node's own role cannot."""
    newest = "(SELECT max(size) FROM ledger_checkpoint)"
    with psycopg.connect(node.environment["GEZHI_OWNER_URL"]) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM ledger_entry WHERE id > %s", [kept])
        connection.execute("DELETE FROM ledger_checkpoint WHERE size > (SELECT count(*) FROM ledger_entry)")
        connection.execute(f"UPDATE ledger_outsider SET size = {newest}, vouched_at = NULL")
        connection.execute("DELETE FROM people_account WHERE username = 'fourth'")
