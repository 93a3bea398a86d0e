"""A grid worker's phone as the node knows it: signed in as that person, on the stream, reading the day's work whenever
it is told of a case. No browser: what a page would draw is what the answers hold."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

import httpx

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LIVE = re.compile(r'data-live="([^"]+)"')


class Phone(threading.Thread):
    """`told`: case -> when the stream first named it. `listed`: number of a case -> when it first stood in the day's
    work. `numbers`: case -> its number, as told."""

    def __init__(self, home: str, username: str, password: str) -> None:
        super().__init__(daemon=True)
        self.told: dict[int, float] = {}
        self.listed: dict[str, float] = {}
        self.numbers: dict[int, str] = {}
        self.fetched: list[float] = []  # seconds of each reading of the day's work
        self.troubles: list[str] = []
        self.ready, self.ended = threading.Event(), threading.Event()
        self._http = httpx.Client(base_url=home, timeout=30, follow_redirects=True)
        self._live = self._signed_in(username, password)
        self._stale = threading.Event()
        threading.Thread(target=self._reads, daemon=True).start()

    def _signed_in(self, username: str, password: str) -> str:
        """The stream's address, as the person's own page names it."""
        page = self._http.get("/desk/sign-in/", params={"next": "/field/"})
        found = TOKEN.search(page.text)
        assert found, page.text[:500]
        form = {
            "csrfmiddlewaretoken": found[1],
            "username": username,
            "password": password,
            "next": "/field/",
        }
        home = self._http.post("/desk/sign-in/", data=form, headers={"Referer": str(page.url)})
        assert home.url.path == "/field/", (home.status_code, str(home.url))
        live = LIVE.search(home.text)
        assert live, "the page of grid workers does not listen"
        return live[1]

    def run(self) -> None:
        while not self.ended.is_set():
            with suppress(httpx.HTTPError):
                self._listen()

    def _listen(self) -> None:
        ticket = self._http.get("/live/ticket/").json()["ticket"]
        address = f"{self._live}?ticket={quote(ticket)}"
        with httpx.stream("GET", address, timeout=httpx.Timeout(30, read=60)) as stream:
            for event, data in _events(stream.iter_lines()):
                now = time.time()
                if event == "hello":
                    self.ready.set()
                elif event == "cases":
                    for case in json.loads(data)["cases"]:
                        self.told.setdefault(case["id"], now)
                        self.numbers[case["id"]] = case["number"]
                if event in ("hello", "cases", "resync"):
                    self._stale.set()
                if self.ended.is_set():
                    return

    def _reads(self) -> None:
        """One at a time; what is told meanwhile is read next."""
        while True:
            self._stale.wait()
            self._stale.clear()
            begun = time.time()
            try:
                answer = self._http.get("/field/day.json")
                tasks = answer.raise_for_status().json()["tasks"]
            except (httpx.HTTPError, ValueError, KeyError) as error:
                self.troubles.append(repr(error))
                time.sleep(0.3)
                self._stale.set()
                continue
            now = time.time()
            self.fetched.append(now - begun)
            for task in tasks:
                self.listed.setdefault(task["number"], now)


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Of server-sent events: name and data."""
    event, data = "", ""
    for line in lines:
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line:
            yield event, data
            event, data = "", ""
