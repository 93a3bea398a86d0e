"""The command centre's page over 105,000 grids and 200,000 open cases, in a headless Chromium that draws in software.

One JSON line each: first paint, map complete, bytes, JavaScript per frame of the map while it is dragged, frames and
processor time while red pulses, and from a commit to the screen. SOAK_MINUTES=30 leaves a wall on under live traffic
instead and tells its heap before and after. The city is built once and kept in --data (some minutes).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import _node
from _wire import Wire

KEPT = _node.PROJECT / "var" / "bench" / "command"
DESKTOP, WALL = {"width": 1280, "height": 800}, {"width": 1920, "height": 1080}
VISITS, REPORTS, PULSING = 3, 30, 6.0
TICK = 1.0  # seconds between reports of a soak
WATCH = """
window.frames_ = []; window.seen = {};
let drew = false;
const draw = WebGL2RenderingContext.prototype.drawElements;
WebGL2RenderingContext.prototype.drawElements = function (...all) { drew = true; return draw.apply(this, all); };
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (work) => ask((at) => {
  drew = false;
  const begun = performance.now();
  work(at);
  if (drew && window.frames_.length < 5000) window.frames_.push(performance.now() - begun);
});
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    const number = node.classList?.contains("fresh") && node.querySelector("a").href.match(/cases\\/([^/]+)/)?.[1];
    if (number) window.seen[number] ??= Date.now();
  }
}).observe(document, { childList: true, subtree: true });
"""
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0].startTime"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=KEPT)
    folder = parser.parse_args().data
    _prepare(folder)
    minutes = float(os.environ.get("SOAK_MINUTES", "0"))
    stream = _node.free_port()
    with _serving(folder, stream) as home, _chromium() as browser:
        state = _signed_in(browser, home)
        if minutes:
            _soak(_page(browser, state, WALL), home, minutes)
            return
        _first_visits(browser, state, home)
        page = _page(browser, state, DESKTOP)
        _open(page, home)
        _dragging(page)
        _pulsing(browser, page)
        _committed(page)
        with _listeners(stream, folder) as others:
            _committed(page, others)


def _prepare(folder: Path) -> None:
    import _city

    folder.mkdir(parents=True, exist_ok=True)
    _node.start(folder)
    if not (folder / "city-built").exists():
        _city.build()
        (folder / "city-built").touch()
    subprocess.run([sys.executable, "-m", "gezhi", "static"], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _serving(folder: Path, stream: int) -> Iterator[str]:
    with _node.serving(folder, "--live-port", str(stream), "--no-worker") as port:
        yield f"http://localhost:{port}"


@contextmanager
def _listeners(stream: int, folder: Path) -> Iterator[int]:
    """How many other screens listen on the same process meanwhile."""
    import live

    paths, script = live._paths(), Path(__file__).with_name("_live.py")
    command = [sys.executable, str(script), "clients", str(stream), str(folder / "came.json")]
    others = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert others.stdin
        assert others.stdout
        print(*paths, file=others.stdin, flush=True)
        assert others.stdout.readline() == "READY\n"
        yield len(paths)
    finally:
        others.communicate("\n", timeout=60)


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tools.browser import FLAGS, chromium

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's own loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


def _signed_in(browser: Any, home: str) -> Any:
    from tests import cast

    page = browser.new_page()
    page.goto(f"{home}/desk/sign-in/?next=/command/phone/")
    page.fill("#username", "leader")
    page.fill("#password", cast.PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/command/phone/")
    return page.context.storage_state()


def _page(browser: Any, state: Any, size: dict[str, int]) -> Any:
    context = browser.new_context(viewport=size, storage_state=state, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(WATCH)
    return page


def _open(page: Any, home: str, path: str = "/command/") -> float:
    """Seconds until the map is complete."""
    begun = time.perf_counter()
    page.goto(home + path, wait_until="commit")
    page.wait_for_selector("#map[data-settled]", state="attached")
    return time.perf_counter() - begun


def _first_visits(browser: Any, state: Any, home: str) -> None:
    """Each in a browser context that has nothing in its cache; the first warms the server and is not told."""
    wire = Wire(home)
    paints, maps, sizes = [], [], []
    for _ in range(VISITS + 1):
        page = _page(browser, state, DESKTOP)
        before = wire.bytes
        maps.append(_open(page, wire.url))
        paints.append(page.evaluate(PAINTED) / 1000)
        sizes.append((wire.bytes - before) / 1000)
        page.context.close()
    _tell("command-first-paint", statistics.median(paints[1:]), "s", 0.5)
    _tell("command-map-complete", statistics.median(maps[1:]), "s", 5)
    _tell("command-first-load", statistics.median(sizes[1:]), "kB", 750)


def _dragging(page: Any) -> None:
    """Among the towns and again among single grids and cases."""
    for _zoom in range(3):
        page.evaluate("window.frames_.length = 0")
        box = page.locator("#map canvas").first.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(x - step * 4, y - step * 2)
        page.mouse.up()
        page.wait_for_timeout(3000)
        frames = sorted(page.evaluate("window.frames_"))
        zoom = page.url.partition("at=")[2].rpartition("%2C")[2][:5]
        if frames:
            p95 = frames[int(len(frames) * 0.95)]
            _tell(
                "command-map-frame-p95",
                p95,
                "ms",
                16,
                p50=statistics.median(frames),
                frames=len(frames),
                zoom=zoom,
            )
        for _ in range(2):
            page.click("[data-zoom='1']")
            page.wait_for_timeout(1500)


def _pulsing(browser: Any, page: Any) -> None:
    page.goto(page.url.partition("?")[0], wait_until="commit")
    page.wait_for_selector("#map[data-settled]", state="attached")
    page.mouse.move(5, 5)
    page.wait_for_timeout(3000)
    page.evaluate("window.frames_.length = 0")
    before = _ticks("renderer")
    page.wait_for_timeout(PULSING * 1000)
    share = (_ticks("renderer") - before) / os.sysconf("SC_CLK_TCK") / PULSING * 100
    marks = page.locator(".pulse").count()
    _tell("command-pulse-frames", page.evaluate("window.frames_.length"), "map renders", 0, overlays=marks)
    _tell("command-pulse-cpu", share, "% of a core, renderers", 10)


def _ticks(kind: str) -> int:
    """Processor time of this user's browser processes of a kind that descend from this process."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"--type={kind}".encode() in (folder / "cmdline").read_bytes() and _is_ours(int(folder.name)):
                cells = (folder / "stat").read_text().rpartition(")")[2].split()
                found += int(cells[11]) + int(cells[12])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _is_ours(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def _committed(page: Any, others: int = 0) -> None:
    """From the commit of a new report to its line in the list of the newest."""
    page.get_by_text("实时", exact=True).wait_for()
    _report(0)  # the first of a process also reads the world
    page.wait_for_timeout(3000)
    committed = {}
    for at in range(1, REPORTS + 1):
        receipt = _report(at + int(time.time()) % 1000)
        committed[receipt.case_number] = time.time()
        page.wait_for_timeout(400)
    page.wait_for_timeout(2000)
    seen = page.evaluate("window.seen")
    waits = sorted(seen[one] / 1000 - at for one, at in committed.items() if one in seen)
    p95 = waits[int(len(waits) * 0.95)] if waits else float("inf")
    _tell("command-commit-to-screen-p95", p95, "s", 1, seen=len(waits), sent=len(committed), others=others)


def _report(at: int) -> Any:
    """Each at a place of its own, so that none joins another's case."""
    import _city

    from tests import cast

    x, y = at * 37 % _city.COLUMNS + 0.5, at * 53 % _city.ROWS + 0.5
    where: dict[str, Any] = {"lon": _city.WEST + x * _city.STEP, "lat": _city.SOUTH + y * _city.STEP}
    return cast.reported(f"路灯不亮了，{at} 号灯杆", **where, source_id=f"bench-{time.time_ns()}")


def _soak(page: Any, home: str, minutes: float) -> None:
    """A wall under live traffic: what its page holds after a collection of garbage, at the start and at the end."""
    _open(page, home, "/command/?wall=1")
    wire = page.context.new_cdp_session(page)
    page.wait_for_timeout(20_000)
    before, begun, at = _held(wire), time.monotonic(), 0
    while time.monotonic() - begun < minutes * 60:
        _report(at := at + 1)
        page.wait_for_timeout(TICK * 1000)
    after = _held(wire)
    for name, unit, limit in (("heap", "MB", 5.0), ("nodes", "nodes", 500), ("listeners", "listeners", 50)):
        grown = after[name] - before[name]
        _tell(
            f"command-soak-{name}", grown, unit, limit, start=before[name], end=after[name], minutes=minutes
        )


def _held(wire: Any) -> dict[str, float]:
    for _ in range(3):
        wire.send("HeapProfiler.collectGarbage")
    counters = wire.send("Memory.getDOMCounters")
    heap = wire.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    return {"heap": round(heap, 2), "nodes": counters["nodes"], "listeners": counters["jsEventListeners"]}


def _tell(name: str, value: float, unit: str, limit: float, **more: object) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "limit": limit, "within": value <= limit}
    print(json.dumps(line | more, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
