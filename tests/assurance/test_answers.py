"""What answers look like from outside: their types, names in headers, ends of messages, fields for secrets, keys."""

import math
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from gezhi.pages.papers import pdf_response
from gezhi.people.signing_in.store import SessionStore
from tests import cast
from tests.chaos.server import free_port
from tests.house.tree import files_under

PATHS = (
    *(
        "/",
        "/report/",
        "/follow/",
        "/map/",
        "/kept/",
        "/rights/",
        "/rights/register/",
        "/desk/sign-in/",
        "/field/sw.js",
    ),
    *(
        "/field/manifest.webmanifest",
        "/static/css/base.css",
        "/static/icons/gezhi.svg",
        "/nowhere/",
        "/healthz",
    ),
    *("/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/nowhere", "/api/v1/public/matters"),
    *(
        "/api/v1/public/matters.csv",
        "/open311/v2/discovery.xml",
        "/open311/v2/services.json",
        "/ledger/checkpoint",
    ),
)
SERVER = """
import sys
from granian import Granian
Granian("tests.assurance.echo:application", address="127.0.0.1", port=int(sys.argv[1]), interface="wsgi",
        websockets=False, log_enabled=False).serve()
"""


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_names_its_type_and_texts_their_letters(city: cast.Cast, path: str) -> None:
    answer = Client().get(path)
    kind = answer.headers["Content-Type"]
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+(; .+)?", kind), kind
    if kind.startswith("text/") or "xml" in kind:
        assert "charset=utf-8" in kind.lower().replace('"', "")
    if path.endswith((".json", "/matters", "/nowhere")) and "/api/" in path:
        assert "json" in kind


@pytest.mark.parametrize(
    "name", ['a"; filename="b.html', "a\r\nSet-Cookie: x=1", "信 …\u2028.pdf", "../../etc/passwd"]
)
def test_a_name_in_a_header_stays_a_name(name: str) -> None:
    said = pdf_response(b"%PDF", name).headers["Content-Disposition"]
    assert re.fullmatch(r"inline; filename\*=UTF-8''[A-Za-z0-9%._~/-]+", said)


def test_fields_of_passwords_hide_them_and_let_managers_help() -> None:
    fields = [
        field
        for path in files_under("src/gezhi", suffixes=(".html",))
        for field in re.findall(r"<input[^>]*>", path.read_text())
        if re.search(r"name=\"(password|old|new|again)\"", field)
    ]
    assert len(fields) >= 4
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
    for path in files_under("frontend", suffixes=(".ts",)):
        assert "paste" not in path.read_text(), "nobody is kept from pasting"
    pages = files_under("src/gezhi/desk/templates/desk/account", suffixes=(".html",))
    pages += [
        path for path in files_under("src/gezhi", suffixes=(".html",)) if path.name.startswith("sign_in")
    ]
    hints = re.compile(r"name=\"(hint|question|answer)", re.I)
    assert pages
    assert not [path for path in pages if hints.search(path.read_text())]


def test_the_key_of_a_session_cannot_be_guessed(db: None) -> None:
    keys = [SessionStore()._get_new_session_key() for _ in range(200)]  # type: ignore[attr-defined]
    letters = set("".join(keys))
    assert len(set(keys)) == 200
    assert min(map(len, keys)) * math.log2(len(letters)) > 128


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of the web server that a node uses, before an application that says what reached it."""
    number = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(number)], cwd=Path(__file__).parents[2])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                break
        time.sleep(0.1)
    yield number
    server.terminate()
    server.wait(10)


def said_to(port: int, raw: bytes) -> bytes:
    """Until the server closes."""
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(raw)
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    return heard


HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: 0, 5\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: identity, xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
    ],
)
def test_no_request_hides_in_another(port: int, lengths: bytes) -> None:
    heard = said_to(port, b"POST /first HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n" + HIDDEN)
    assert heard.count(b"HTTP/1.1 400") == 1
    assert b"/hidden" not in heard


def test_chunks_rule_over_a_length(port: int) -> None:
    """RFC 9112: the length is passed over, and the line ends or the next request is whole."""
    raw = b"POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    raw += b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    heard = said_to(port, raw + b"5\r\nhello\r\n0\r\n\r\n")
    assert heard.count(b"HTTP/1.1") == 1
    assert b"POST /first hello" in heard or b"HTTP/1.1 400" in heard
