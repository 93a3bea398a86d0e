"""The cast of the tests: a small city and everyone who works in it. Set up once, the same everywhere.

    宁波市 330200000000
      海曙区 330203000000
        南门街道 330203001000
          万安社区 330203001001   grids ...001 ...002
          柳锦社区 330203001002   grids ...001 ...002
        高桥镇 330203100000
          岭下村 330203100201     grid  ...001
      江北区 330205000000
        中马街道 330205001000
          白沙社区 330205001001   grid  ...001

Grids are squares of 0.01 degrees in one row, from 121.50 E, 29.80 N eastward; Jiangbei begins at 121.60 E.
"""

import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import shapely
from django.conf import settings
from django.utils import timezone
from numpy.random import default_rng
from PIL import Image

from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.photos import store_photo
from gezhi.ledger.actions import record
from gezhi.lib.codes import GRID, level_of
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.access import Actor, actor_of
from gezhi.people.actions import load_people
from gezhi.people.models import Account, Post, Unit
from gezhi.places.actions import import_layer, load_divisions
from gezhi.places.divisions import Division, full_names
from gezhi.places.importing import PlaceRow, Plan

CITY: Final = "330200000000"
HAISHU, JIANGBEI = "330203000000", "330205000000"
NANMEN, GAOQIAO, ZHONGMA = "330203001000", "330203100000", "330205001000"
WANAN, LIUJIN, LINGXIA, BAISHA = "330203001001", "330203001002", "330203100201", "330205001001"
LAMP, RUBBISH, OTHER = "matter-01037", "matter-06010", "other"
PASSWORD: Final = "a long word for tests"
SINCE: Final = date(2020, 1, 1)

DIVISIONS: Final = (
    Division("330000000000", "浙江省"),
    Division(CITY, "宁波市"),
    Division(HAISHU, "海曙区"),
    Division(NANMEN, "南门街道"),
    Division(WANAN, "万安社区居委会"),
    Division(LIUJIN, "柳锦社区居委会"),
    Division(GAOQIAO, "高桥镇"),
    Division(LINGXIA, "岭下村委会"),
    Division(JIANGBEI, "江北区"),
    Division(ZHONGMA, "中马街道"),
    Division(BAISHA, "白沙社区居委会"),
)
WEST: Final = {  # the western edge of each grid
    f"{WANAN}001": 121.50,
    f"{WANAN}002": 121.51,
    f"{LIUJIN}001": 121.52,
    f"{LIUJIN}002": 121.53,
    f"{LINGXIA}001": 121.54,
    f"{BAISHA}001": 121.60,
}
SOUTH, SIDE = 29.80, 0.01

UNITS: Final[Mapping[str, tuple[str, str, Sequence[str]]]] = {  # code -> name, place, functions
    "centre": ("宁波市社会治理中心", CITY, ()),
    "city-works": ("宁波市市政管理局", CITY, ("municipal", "water", "power", "landscape", "community")),
    "haishu-works": ("海曙区综合行政执法局", HAISHU, ("municipal", "sanitation", "urban-enforcement")),
    "nanmen": ("南门街道办事处", NANMEN, ("sanitation",)),
    "wanan": ("万安社区居委会", WANAN, ("community",)),
    "jiangbei-works": ("江北区综合行政执法局", JIANGBEI, ("municipal", "sanitation")),
}
POSTS: Final[
    tuple[tuple[str, str, list[tuple[str, str, str]]], ...]
] = (  # username, name, [(role, unit, place)]
    ("operator", "话务员小王", [("operator", "centre", CITY)]),
    ("dispatcher", "派遣员小李", [("dispatcher", "centre", HAISHU)]),
    ("second-dispatcher", "派遣员小钱", [("dispatcher", "centre", HAISHU)]),
    ("jiangbei-dispatcher", "江北派遣员", [("dispatcher", "centre", JIANGBEI)]),
    ("handler", "处置员老张", [("handler", "haishu-works", HAISHU)]),
    ("second-handler", "处置员老赵", [("handler", "haishu-works", HAISHU)]),
    ("jiangbei-handler", "江北处置员", [("handler", "jiangbei-works", JIANGBEI)]),
    ("verifier", "核查员小陈", [("verifier", "centre", HAISHU)]),
    ("both", "既处置又核查", [("handler", "haishu-works", HAISHU), ("verifier", "centre", HAISHU)]),
    ("supervisor", "督查员老周", [("supervisor", "centre", CITY)]),
    ("leader", "吴局长", [("leader", "centre", CITY)]),
    ("grid-worker", "网格员小孙", [("grid-worker", "wanan", f"{WANAN}001")]),
    ("administrator", "管理员", [("administrator", "centre", CITY)]),
    ("nobody", "无岗人员", []),
)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cast:
    """`units`: code -> id."""

    units: Mapping[str, int]

    def account(self, username: str) -> Account:
        return Account.objects.get(username=username)

    def actor(self, username: str) -> Actor:
        return actor_of(self.account(username), timezone.localdate())


def is_settled() -> bool:
    return Unit.objects.filter(code="centre").exists()


def settle() -> None:
    """Places, pack and people, each by its own action."""
    load_divisions(DIVISIONS, "the cast", _configure)
    import_layer(Plan(GRID, _shaped(), [], 0), "the cast", _configure)
    publish(read_pack(settings.PACKS_DIR / "city-management"))
    _people()


def here() -> Cast:
    return Cast(dict(Unit.objects.values_list("code", "id")))


def _configure(kind: str, subject: str, facts: Mapping[str, str | int]) -> None:
    record(kind, subject, facts, configures=True)


def _shaped() -> list[PlaceRow]:
    """The grids, and each place above them as their union."""
    grids = {code: shapely.box(west, SOUTH, west + SIDE, SOUTH + SIDE) for code, west in WEST.items()}
    names = full_names(DIVISIONS, 1)
    rows = [
        PlaceRow(
            code,
            GRID,
            f"第{code[-1]}网格",
            f"{names[code[:12]]}第{code[-1]}网格",
            "",
            shape.wkb,
            False,
            "the cast",
            300,
        )
        for code, shape in grids.items()
    ]
    for division in DIVISIONS[1:]:
        inside = [shape for code, shape in grids.items() if code.startswith(division.code.rstrip("0"))]
        shape = shapely.union_all(inside)
        name = names[division.code]
        rows.append(
            PlaceRow(
                division.code,
                level_of(division.code),
                division.name,
                name,
                "",
                shape.wkb,
                False,
                "the cast",
                None,
            )
        )
    return rows


def _people() -> None:
    """One hash for all: Argon2 is slow on purpose."""
    units = {
        code: Unit(code=code, name=name, place_code=place, functions=list(duties))
        for code, (name, place, duties) in UNITS.items()
    }
    first = Account()
    first.set_password(PASSWORD)
    accounts = [Account(username=username, name=name, password=first.password) for username, name, _ in POSTS]
    posts = [
        Post(account=account, unit=units[unit], role=role, place_code=place, valid_from=SINCE)
        for account, (_, _, held) in zip(accounts, POSTS, strict=True)
        for role, unit, place in held
    ]
    load_people(accounts, list(units.values()), posts)


def centre_of(grid: str) -> tuple[float, float]:
    """lon, lat."""
    return round(WEST[grid] + SIDE / 2, 6), SOUTH + SIDE / 2


def report(text: str = "路灯不亮了", *, grid: str = f"{WANAN}001", **fields: object) -> NewReport:
    """A report in the middle of a grid; grid "" gives no point."""
    lon, lat = centre_of(grid) if grid else (None, None)
    plain: dict[str, object] = {
        "source": "portal",
        "source_id": f"cast-{next(_numbers)}",
        "text": text,
        "occurred_at": timezone.now(),
        "lon": lon,
        "lat": lat,
    }
    return NewReport(**plain | fields)  # type: ignore[arg-type]


def reported(text: str = "路灯不亮了", *, now: datetime | None = None, **fields: object) -> Receipt:
    """The receipt of one accepted report."""
    at = {"occurred_at": now} if now else {}
    return accept([report(text, **at | fields)], now)[0]  # type: ignore[arg-type]


def picture(width: int = 64, height: int = 48, kind: str = "JPEG") -> bytes:
    """A picture of its own each time: blots of chance, so that no two look alike."""
    out = io.BytesIO()
    blots = default_rng(next(_numbers)).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    Image.fromarray(blots).resize((width, height), Image.Resampling.NEAREST).save(out, kind)
    return out.getvalue()


def photo() -> str:
    """The key of a newly stored photo."""
    return store_photo(picture()).key


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
METRE: Final = 1 / 111_320  # degrees of latitude
