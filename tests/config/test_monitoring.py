"""Signs of life, numbers, logs and traces: who may see them, and that they tell of nobody."""

import json
import logging
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client

from gezhi.config.logs import BadLogFormat, JsonLines, Lines, Numbered, logging_settings
from gezhi.config.metrics import written
from gezhi.lib import request_id
from tests import cast
from tests.cast import PASSWORD, Cast

TOKEN = "a token for the monitor"


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/health/live", "/health/ready"])
@pytest.mark.django_db
def test_signs_of_life_are_for_anybody(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert len(answer.json()) == 1, "and tell nothing else"


def test_details_are_for_whoever_keeps_the_node(
    browser: Client, city: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEZHI_METRICS_TOKEN", TOKEN)
    told = browser.get("/health/ready", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert told["database_up"] == 1.0
    assert "workers" in told["troubles"], "no worker runs here"
    assert len(browser.get("/health/ready", headers={"Authorization": "Bearer other"}).json()) == 1
    browser.force_login(city.account("handler"))
    assert len(browser.get("/health/ready").json()) == 1
    browser.force_login(city.account("administrator"))
    assert "troubles" in browser.get("/health/ready").json()


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_for_the_token(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GEZHI_METRICS_TOKEN", raising=False)
    assert browser.get("/metrics").status_code == 200
    assert browser.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 403
    assert browser.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 403
    monkeypatch.setenv("GEZHI_METRICS_TOKEN", TOKEN)
    assert browser.get("/metrics").status_code == 403
    assert browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_metrics_count_routes_and_never_what_was_asked_for(browser: Client, city: Cast) -> None:
    receipt = cast.reported(reporter_phone="13800001234")
    browser.get(f"/api/v1/reports/{receipt.tracking_code}")
    text = written().decode()
    assert 'route="api/v1/reports/<tracking_code>"' in text
    assert receipt.tracking_code not in text
    assert "gezhi_database_up 1.0" in text
    assert "13800001234" not in text


def test_every_answer_has_a_number_and_a_given_one_is_kept(browser: Client) -> None:
    assert len(browser.get("/healthz").headers["X-Request-ID"]) == 16
    given = browser.get("/healthz", headers={"X-Request-ID": "proxy-0001.a"})
    assert given.headers["X-Request-ID"] == "proxy-0001.a"
    odd = browser.get("/healthz", headers={"X-Request-ID": "<script>alert(1)</script>"})
    assert odd.headers["X-Request-ID"].isalnum()


def line_of(record: logging.LogRecord) -> dict[str, object]:
    Numbered().filter(record)
    found: dict[str, object] = json.loads(JsonLines().format(record))
    return found


def test_a_line_of_the_log_is_json_with_the_number_of_its_request() -> None:
    token = request_id.begin("request-0001")
    record = logging.LogRecord("gezhi.x", logging.WARNING, "", 0, "值 %s", ("甲",), None)
    record.facts = {"ms": 3, "level": "not this one"}
    line = line_of(record)
    request_id.end(token)
    assert (line["message"], line["request"], line["ms"], line["level"]) == (
        "值 甲",
        "request-0001",
        3,
        "WARNING",
    )


def test_a_line_for_people_is_in_utc_and_nobody_forges_another() -> None:
    record = logging.LogRecord(
        "gezhi.x", logging.WARNING, "", 0, "said %s", ("a\r\n2026 ERROR b\x1b[2J\u2028",), None
    )
    Numbered().filter(record)
    record.created, record.msecs = 1_790_000_000.25, 250.0
    form = logging_settings("INFO", "")["formatters"]["line"]
    line = Lines(form["fmt"]).format(record)
    assert line.startswith("2026-09-21T14:13:20.250Z WARNING gezhi.x ")
    assert line.endswith("said a\\r\\n2026 ERROR b\\x1b[2J\\u2028")
    assert line.isprintable()
    assert json.loads(JsonLines().format(record))["at"].endswith("+00:00")
    assert "\n" not in JsonLines().format(record)


def test_a_failed_request_is_logged_by_its_route(
    browser: Client, caplog: pytest.LogCaptureFixture, db: None
) -> None:
    browser.get("/nowhere/SECRETCODE12/")
    lines = [line_of(record) for record in caplog.records if record.name == "django.request"]
    assert lines
    assert not any("SECRETCODE12" in json.dumps(line) for line in lines)


def test_an_unknown_form_of_the_log_is_refused() -> None:
    with pytest.raises(BadLogFormat, match="'xml'"):
        logging_settings("INFO", "xml")


TRACED = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from gezhi.config.tracing import trace_requests
trace_requests(os.environ["GEZHI_TRACES_URL"])
from django.test import Client
Client(headers={"host": "localhost"}).get("/follow/SECRETCODE12/?phone=13800001234")
from opentelemetry import trace
trace.get_tracer_provider().force_flush()
"""


def test_traces_reach_a_collector_and_hold_routes_only() -> None:
    bodies = list[bytes]()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1/traces"
    environment = {**os.environ, "GEZHI_TRACES_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", TRACED], env=environment, capture_output=True, text=True, check=False
    )
    server.shutdown()
    assert bodies, done.stderr
    sent = b"".join(bodies)
    assert b"follow/<str:code>/" in sent
    assert b"SECRETCODE12" not in sent
    assert b"13800001234" not in sent


def test_the_page_of_copies_is_for_administrators(browser: Client, city: Cast) -> None:
    browser.force_login(city.account("dispatcher"))
    assert browser.get("/desk/keeping/").status_code == 403
    assert browser.login(username="administrator", password=PASSWORD)
    page = browser.get("/desk/keeping/")
    assert page.status_code == 200
    assert "这个节点没有备份" in page.content.decode()
    assert browser.post("/desk/keeping/drill/").status_code == 302
    from gezhi.ledger.models import Entry

    assert Entry.objects.filter(kind="keeping.drill-asked").count() == 1
