"""Calling other machines: nowhere that an answer points to, nothing personal in the open."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.request import Request

import pytest

from gezhi.lib.calling import OpenAddress, called, guarded_address


class Turncoat(BaseHTTPRequestHandler):
    """Sends every caller on to another address of this machine."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/answer":
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
            return
        self.send_response(int(self.path[1:]))
        self.send_header("Location", "/answer")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def turncoat() -> Iterator[str]:
    Turncoat.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Turncoat) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_answer_is_read(turncoat: str) -> None:
    with called(Request(f"{turncoat}/answer"), 5) as answer:
        assert (answer.status, answer.read()) == (200, b"ok")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_answer_leads_elsewhere(turncoat: str, status: int) -> None:
    for body in (None, b"personal"):
        with pytest.raises(HTTPError) as refused:
            called(Request(f"{turncoat}/{status}", body), 5)
        assert refused.value.code == status
        refused.value.close()
    assert Turncoat.asked == [f"/{status}"] * 2


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x"])
def test_only_http_is_spoken(address: str) -> None:
    with pytest.raises(URLError):
        called(Request(address), 5)


@pytest.mark.parametrize(
    "address",
    ["", "https://sms.example.org/send", "http://127.0.0.1:9/", "http://[::1]/", "http://localhost/"],
)
def test_an_address_with_tls_or_of_this_machine_is_taken(address: str) -> None:
    assert guarded_address("GEZHI_SMS_URL", address) == address


@pytest.mark.parametrize(
    "address", ["http://sms.example.org/", "http://10.0.0.8/", "ftp://x/", "sms.example.org"]
)
def test_personal_data_go_nowhere_in_the_open(address: str) -> None:
    with pytest.raises(OpenAddress, match="must begin with https://"):
        guarded_address("GEZHI_SMS_URL", address)
