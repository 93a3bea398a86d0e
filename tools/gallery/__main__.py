"""`make gallery`: a picture of every page, in both languages, on phone and desk, light and dark, in var/gallery."""

import html
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tools.browser import FLAGS, MISSING, chromium
from tools.gallery.city import City, furnish, served
from tools.gallery.pages import Page, page_of, page_routes
from tools.gallery.people import NO_WORKER, come_in

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "var" / "gallery"
LANGUAGES: Final = {"zh": "zh-CN", "en": "en-GB"}
SIZES: Final = {"phone": (390, 844), "desk": (1280, 800)}
WALL: Final = (1920, 1080)
SCHEMES: Final = ("light", "dark")
TALLEST: Final = 6000  # pixels; the rest of a longer page is left out
SETTLE: Final = 20_000  # milliseconds at most for a map drawn in software


@dataclass(frozen=True, slots=True)
class View:
    language: str
    size: str
    scheme: str

    @property
    def name(self) -> str:
        return f"{self.size}-{self.scheme}-{self.language}"


VIEWS: Final = [View(*one) for one in product(LANGUAGES, SIZES, SCHEMES)]


def shoot(browser: Browser, city: City, wanted: Sequence[Page]) -> None:
    for view in VIEWS:
        begun = time.monotonic()
        for who in sorted({page.who for page in wanted}):
            context = _context(browser, view)
            come_in(context, city, who)
            for page in wanted:
                if page.who == who:
                    _picture(context, city, page, view)
            context.close()
        print(f"{view.name}: {len(wanted)} pages, {time.monotonic() - begun:.0f} s", flush=True)


def _context(browser: Browser, view: View) -> BrowserContext:
    width, height = SIZES[view.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LANGUAGES[view.language],
        color_scheme="dark" if view.scheme == "dark" else "light",
    )
    context.add_init_script(NO_WORKER)
    return context


def _picture(context: BrowserContext, city: City, wanted: Page, view: View) -> None:
    page = context.new_page()
    page.goto(city.home + wanted.path)
    page.wait_for_load_state("load")
    if page.locator("div#map").count():
        page.wait_for_selector("div#map[data-settled]", timeout=SETTLE)
    width = SIZES[view.size][0]
    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    page.screenshot(path=OUT / f"{wanted.name}.{view.name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
    page.close()


def _index(wanted: Sequence[Page]) -> str:
    rows = "".join(
        f"<h2>{html.escape(page.name)} <small>{html.escape(page.path)}</small></h2>{_row(page)}"
        for page in wanted
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gezhi: every page</title>'
        "<style>body{font:14px system-ui;margin:1rem}div{display:flex;gap:8px;overflow:auto}"
        "img{height:360px;border:1px solid #999}small{font-weight:400}</style><h1>Every page</h1>" + rows
    )


def _row(page: Page) -> str:
    return f"<div>{''.join(_cells(page))}</div>"


def _cells(page: Page) -> Iterator[str]:
    for view in VIEWS:
        file = f"{page.name}.{view.name}.png"
        image = f'<img loading="lazy" alt="{page.name}, {view.name}" src="{file}">'
        yield f'<a href="{file}" title="{view.name}">{image}</a>'


def main() -> None:
    """`python -m tools.gallery [PART OF A NAME...]`: all pages, or those whose name holds one of the parts."""
    path = chromium()
    if path is None:
        raise SystemExit(MISSING)
    OUT.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(OUT / "city", ignore_errors=True)
    with served(OUT / "city") as city:
        furnish(city)
        _configure(city)
        with city.connect() as connection:
            found = [page_of(route, connection) for route in page_routes()]
        wanted = [
            page for page in found if not sys.argv[1:] or any(part in page.name for part in sys.argv[1:])
        ]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            shoot(browser, city, wanted)
            browser.close()
        (OUT / "index.html").write_text(_index(found))
    print(f"{len(wanted)} pages, {len(VIEWS)} views each: var/gallery/index.html")


def _configure(city: City) -> None:
    """Addresses are made by the node's own address book; nothing is read from its tables here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
    os.environ["GEZHI_DATA_DIR"] = str(city.data)
    import django

    django.setup()


if __name__ == "__main__":
    main()
