"""Sends an outside scanner against a node on this machine and counts what the node answered.

    python -m tools.scan wapiti http://127.0.0.1:8000 --program wapiti --as dispatcher
    python -m tools.scan sqlmap http://127.0.0.1:8000 --program sqlmap --as dispatcher

The scanner speaks to a small relay that notes each answer, so that a page that breaks is found whatever the scanner
thinks of it. The node is to run with GEZHI_TRUSTED_PROXIES=127.0.0.1: the relay then comes from another address each
time, and the limits of one address do not end the scan after a minute. docs/assurance/scans.md tells what was found.
"""

import argparse
import contextlib
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Final

PASSWORD: Final = "gezhi-demo-2026"  # noqa: S105 - of every account of a demonstration, printed when it starts
HERE: Final = ("127.0.0.1", "localhost", "::1")
MODULES: Final = (
    "sql,timesql,xss,permanentxss,exec,file,redirect,crlf,csrf,cookieflags,csp,http_headers,methods,htaccess,"
    "ldap,upload,backup"
)
WAYS_OUT: Final = ("sign-out", "logout", "/sessions/", "/account/")
HOP: Final = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}
ADDRESSES: Final = (  # for sqlmap, with a value in each parameter
    "/desk/cases/?text=灯&status=open&due=overdue&sort=due&since=2026-01-01&until=2027-01-01&unit=1&source=portal",
    "/desk/cases/?state=reported&category=other&place=330203000000&mark=mine",
    "/desk/board/?text=灯&category=other&place=330203000000&unit=1",
    "/desk/inbox/?sort=due&category=other&text=灯",
    "/desk/appraisal/?period=2026-10&level=county&place=330200000000&sort=rank",
    "/desk/statistics/?period=2026-10&place=330200000000&by=category",
    "/desk/subjects/?kind=house&text=1&place=330203000000",
    "/desk/rounds/list/?plan=daily-walk&state=due&since=2026-01-01&place=330203000000",
    "/map/?category=other&place=330203000000&page=1",
    "/follow/?code=ABCDEFGHJKLM&last4=1234",
    "/open311/v2/requests.json?service_code=other&status=open&start_date=2026-01-01T00:00:00Z&bbox=1,2,3,4",
    "/api/v1/public/matters?category=other&place=330203000000&page=1",
)


@dataclass
class Heard:
    """What the node answered: how often with which status, which addresses broke, how long the slowest took."""

    statuses: Counter[int] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, method: str, path: str, status: int, seconds: float, body: bytes) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.routes.add(f"{method} {re.sub(r'[0-9]+', 'N', path.partition('?')[0])[:120]}")
            self.slowest = max(self.slowest, (seconds, f"{method} {path[:200]}"))
            if status >= 500 and status != 503:
                self.broken.append(f"{status} {method} {path} {body[:2000]!r}")


class Relay(BaseHTTPRequestHandler):
    """One request on to the node, from an address of its own."""

    heard: Heard
    target: tuple[str, int]
    chance = Random(1)
    protocol_version = "HTTP/1.1"

    def do_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        sent["X-Forwarded-For"] = ".".join(["10", *(str(self.chance.randrange(1, 255)) for _ in range(3))])
        begun, node = time.monotonic(), HTTPConnection(*self.target, timeout=60)
        try:
            node.request(self.command, self.path, body, sent | {"Content-Length": str(len(body))})
            answer = node.getresponse()
            said = answer.read()
        except (OSError, HTTPException, ValueError) as error:
            self.heard.note(self.command, self.path, 599, time.monotonic() - begun, str(error).encode())
            self.send_error(502)
            return
        finally:
            node.close()
        self.heard.note(self.command, self.path, answer.status, time.monotonic() - begun, body)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the scanner no longer waits
            self._hand_on(answer, said)

    def _hand_on(self, answer: HTTPResponse, said: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was heard is told at the end."""


for _method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"):
    setattr(Relay, f"do_{_method}", Relay.do_any)


def session_of(node: str, username: str) -> str:
    """The cookies of a sign-in, as a header."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{node}/desk/sign-in/").read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    asked = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": found[1] if found else ""}
    browser.open(f"{node}/desk/sign-in/", urllib.parse.urlencode(asked).encode())
    cookies = {one.name: one.value or "" for one in jar}
    if not any("session" in name for name in cookies):
        raise SystemExit(f"The node did not sign {username} in; is it a demonstration?")
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def wapiti(program: str, url: str, cookies: str, seconds: int, out: Path) -> list[list[str]]:
    bounds = [
        "--max-scan-time",
        str(seconds // 4),
        "--max-attack-time",
        str(max(20, seconds // 20)),
        "-d",
        "4",
    ]
    bounds += ["--max-links-per-page", "40", "--max-files-per-dir", "30"]
    skipped = [word for way in WAYS_OUT if cookies for word in ("-x", f"{url}*{way}*")]
    named = ["-C", cookies] if cookies else []
    report = ["-f", "json", "-o", str(out / "wapiti.json"), "--flush-session", "--no-bugreport", "-v", "1"]
    store = ["--store-session", str(out / "session"), "--tasks", "4"]
    return [[program, "-u", f"{url}/", "-m", MODULES, *bounds, *skipped, *named, *store, *report]]


def sqlmap(program: str, url: str, cookies: str, seconds: int, out: Path) -> list[list[str]]:
    fixed = [
        "--batch",
        "--dbms=PostgreSQL",
        "--level=2",
        "--risk=1",
        "--threads=2",
        "--timeout=30",
        "--retries=0",
    ]
    fixed += [
        "--output-dir",
        str(out),
        "--disable-coloring",
        "--ignore-code=*",
        "--technique=BEUST",
        "--time-sec=3",
    ]
    named = ["--cookie", cookies] if cookies else []
    each = ["--time-limit", str(max(10, seconds // len(ADDRESSES)))]
    return [
        [program, "-u", url + urllib.parse.quote(one, "/?&=,:"), *fixed, *each, *named] for one in ADDRESSES
    ]


def told(out: Path, said: str) -> dict[str, object]:
    """What the scanner itself found."""
    report = out / "wapiti.json"
    if not report.exists():
        hit = re.findall(
            r"(?:Parameter|parameter) '?([^\n']+)'? (?:is vulnerable|appears to be '[^\n]+ injectable)", said
        )
        return {
            "vulnerable": sorted(set(hit)),
            "tested": len(set(re.findall(r"testing if (\w+ parameter '[^']+')", said))),
        }
    read = json.loads(report.read_text())
    found = {
        kind: len(read[section][kind])
        for section in ("vulnerabilities", "anomalies", "additionals")
        for kind in read[section]
        if read[section][kind]
    }
    return {
        "version": read["infos"]["version"],
        "pages": read["infos"].get("crawled_pages_nbr"),
        "found": found,
    }


def main() -> int:
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("scanner", choices=("wapiti", "sqlmap"))
    read.add_argument("node", help="the node's address, on this machine")
    read.add_argument("--program", help="the scanner's program; its name unless given")
    read.add_argument(
        "--as", dest="who", default="", help="an account of the demonstration; nobody unless given"
    )
    read.add_argument("--seconds", type=int, default=300)
    read.add_argument("--out", type=Path, default=Path("var/scan"))
    asked = read.parse_args()
    where = urllib.parse.urlsplit(asked.node)
    if where.hostname not in HERE or where.port is None:
        raise SystemExit("Only a node on this machine is scanned: http://127.0.0.1:PORT")
    out = (asked.out / f"{asked.scanner}-{asked.who or 'nobody'}").resolve()
    out.mkdir(parents=True, exist_ok=True)
    Relay.heard, Relay.target = Heard(), (where.hostname or "", where.port)
    relay = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    cookies = session_of(asked.node.rstrip("/"), asked.who) if asked.who else ""
    url, program = f"http://127.0.0.1:{relay.server_address[1]}", asked.program or asked.scanner
    runs = (wapiti if asked.scanner == "wapiti" else sqlmap)(program, url, cookies, asked.seconds, out)
    begun, said = time.monotonic(), ""
    for run in runs:
        patience = asked.seconds + 120 - (time.monotonic() - begun)
        said += _run(run, max(patience, 1), out)
    (out / "said.txt").write_text(said)
    (out / "broken.txt").write_text("\n".join(Relay.heard.broken))
    heard = Relay.heard
    facts = {
        "scanner": asked.scanner,
        "as": asked.who or "nobody",
        "seconds": round(time.monotonic() - begun),
        "requests": heard.statuses.total(),
        "routes": len(heard.routes),
        "statuses": dict(sorted(heard.statuses.items())),
        "broken": len(heard.broken),
        "slowest": heard.slowest,
    }
    print(json.dumps(facts | told(out, said), ensure_ascii=False, indent=1))
    return 1 if heard.broken else 0


def _run(command: list[str], patience: float, out: Path) -> str:
    """What it says. It is ended when its time is over: scanners look at the clock between two attacks only."""
    quiet = {**os.environ, "HOME": str(out), "PYTHONWARNINGS": "ignore"}
    with (out / "last.txt").open("w+") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=quiet
        )
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(30)
        file.seek(0)
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
