"""`make tasks`: does the ten main tasks on a demonstration city and writes docs/reference/tasks.md."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tools.browser import FLAGS, MISSING, chromium
from tools.gallery.city import City, furnish, served
from tools.tasks.hands import Keyboard, Pointer
from tools.tasks.ten import PHONE, TASKS, Done, Task, run

OUT: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "tasks.md"
HEAD: Final = """# 十件主要事务 The ten main tasks

由 `make tasks` 在演示城市上逐件真办、在记录里查证后写成。只数点按和快捷键，不数打字；
“只用键盘”数全部按键（Tab、回车、空格、方向键）。
秒数是机器办完（含页面往返），不含人读和想的时间，随机器而变。

Written by `make tasks`, which really does each task on the demonstration city and looks it up in the records. Clicks,
taps and keys that the page offers are counted, typing is not; by keyboard alone every key is (Tab, Enter, Space,
arrows). Seconds are the machine's, without the time in which a person reads and thinks.

| 事务 task | 谁 who | 屏幕 screen | 点按 pressed | 上限 limit | 秒 seconds | 只用键盘 by keyboard alone |
|---|---|---|---|---|---|---|
"""


def main() -> None:
    path = chromium()
    if path is None:
        raise SystemExit(MISSING)
    with TemporaryDirectory(prefix="gezhi-tasks-", ignore_cleanup_errors=True) as folder:
        photo = Path(folder) / "photo.jpg"
        Image.effect_noise((640, 480), 80).convert("RGB").save(photo)
        with served(Path(folder) / "city") as city, sync_playwright() as playwright:
            furnish(city)
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            OUT.write_text(HEAD + "".join(_rows(TASKS, browser, city, photo)))
            browser.close()


def _rows(tasks: Sequence[Task], browser: Browser, city: City, photo: Path) -> Iterator[str]:
    pointed = [run(task, browser, city, photo, Pointer) for task in tasks]
    typed = [run(task, browser, city, photo, Keyboard) for task in tasks]
    for task, quick, keyed in zip(tasks, pointed, typed, strict=True):
        print(_row(task, quick, keyed), end="", flush=True)
        yield _row(task, quick, keyed)


def _row(task: Task, quick: Done, keyed: Done) -> str:
    screen = "手机 phone" if task.size == PHONE else "电脑 desk"
    who = task.who or "居民 resident"
    cells = (task.title, who, screen, quick.pressed, task.limit, f"{quick.seconds:.1f}", keyed.pressed)
    return f"| {' | '.join(map(str, cells))} |\n"


if __name__ == "__main__":
    main()
