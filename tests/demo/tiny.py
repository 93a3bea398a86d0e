"""A tiny demonstration city, set up from tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from gezhi.cases import world as worlds
from gezhi.demo.setting_up import Plan, set_up
from tests.conftest import empty_all

TABLES = {
    "provinces": [("33", "浙江省")],
    "cities": [("3302", "宁波市")],
    "areas": [("330203", "海曙区"), ("330205", "江北区")],
    "streets": [("330203001", "南门街道"), ("330203100", "高桥镇"), ("330205001", "中马街道")],
    "villages": [
        ("330203001001", "澄浪社区"),
        ("330203001003", "万安社区"),
        ("330203100201", "岭下村"),
        ("330205001001", "白沙社区"),
    ],
}


@contextmanager
def tiny_city(plan: Plan, folder: Path, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rolled back at the end."""
    changed = override_settings(DATA_DIR=folder / "data", DIVISIONS_DIR=_tables(folder))
    before = worlds._world
    with blocker.unblock(), changed, transaction.atomic():
        empty_all()
        set_up(plan)
        yield
        transaction.set_rollback(True)
        worlds._world = before


def _tables(folder: Path) -> Path:
    for name, rows in TABLES.items():
        lines = ["code,name", *(f'{code},"{label}"' for code, label in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder
