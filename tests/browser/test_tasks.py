"""The ten main tasks within their numbers of clicks; and each again without a pointer."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import cast
from tools.gallery.city import City
from tools.tasks.hands import Keyboard, Pointer
from tools.tasks.ten import TASKS, Task, run

EACH = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.key)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(cast.picture(640, 480))
    return path


@EACH
def test_a_task_takes_few_clicks(task: Task, lively: City, browser: Browser, photo: Path) -> None:
    assert run(task, browser, lively, photo, Pointer).pressed <= task.limit


@EACH
def test_a_task_is_done_by_keyboard_alone(task: Task, lively: City, browser: Browser, photo: Path) -> None:
    assert run(task, browser, lively, photo, Keyboard).pressed
