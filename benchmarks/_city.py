"""A large city: 105,000 grids of some 130 metres in 2,100 villages, 150 towns and 15 counties, and 200,000 open cases
spread over it as a city's are: thick in the middle, later in some counties than in others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely

COUNTIES = "甬江 东钱 鄞东 慈溪 镇海 北仑 奉化 象山 宁海 余姚 前湾 高新 保税 梅山 大榭".split()
FIRST, SECOND = "解人长中兴百通新育文迎望学环滨建白丹云".strip(), "放民春山宁丈途河才化宾江府城海设溪阳华"
COLUMNS, ROWS = 350, 300  # grids eastward and northward
STEP = 0.00125  # degrees
WEST, SOUTH = 121.20, 29.85
OPEN, CLOSED = 200_000, 20_000
SEED = 11
STATES = ("registered", "filed", "dispatched", "handling", "handled")
SOURCES = ("portal", "hotline", "field", "api", "open311")
CASE = (
    "id number pack_version_id procedure category title state is_open place_code lon lat address occurred_at opened_at"
    " state_at due_at closed_at unit_id suggested_unit_id report_count reopen_count overdue_count version match_key"
    " source"
).split()
EVENT = "case_id seq at transition kind from_state to_state account_id role text facts due_at salt".split()
REPORT = (
    "case_id source source_id tracking_code text place_code address category language"
    " attributes occurred_at received_at rating_text salt words"
).split()
SHARE = "case_id unit_id kind state assigned_at received_at outcome".split()


def build() -> None:
    """On top of the tests' small city, which lies just south of it."""
    from gezhi.places.actions import import_layer, load_divisions
    from gezhi.places.divisions import full_names
    from gezhi.places.importing import Plan
    from tests import cast

    divisions = [*cast.DIVISIONS[:2], *_divisions()]
    load_divisions(divisions, "the benchmark", cast._configure)
    rows = _shaped(full_names(divisions, 1))
    import_layer(Plan(5, rows, [], 0), "the benchmark", cast._configure)
    _cases([row.code for row in rows if row.level == 5])


def _divisions() -> "list[object]":
    from gezhi.places.divisions import Division

    found: list[object] = []
    for c, county in enumerate(COUNTIES):
        found.append(Division(f"3302{30 + c}000000", f"{county}区"))
        for t in range(10):
            found.append(Division(_town(c, t), f"{FIRST[t]}{SECOND[c]}街道"))
            found += [Division(_village(c, t, v), f"{FIRST[v]}{SECOND[t]}社区居委会") for v in range(14)]
    return found


def _town(county: int, town: int) -> str:
    return f"3302{30 + county}{town + 1:03d}000"


def _village(county: int, town: int, village: int) -> str:
    return f"3302{30 + county}{town + 1:03d}{village + 1:03d}"


def _shaped(names: "dict[str, str]") -> "list[object]":
    """One octagon a grid from one jittered mesh, so that neighbours share their points; and the city's outline."""
    from gezhi.places.importing import PlaceRow
    from tests import cast

    shapes = _octagons()
    found: list[object] = []
    for at, shape in enumerate(shapes.tolist()):
        village, number = _home(at % COLUMNS, at // COLUMNS)
        full = f"{names[village]}第{number}网格"
        found.append(
            PlaceRow(f"{village}{number:03d}", 5, f"第{number}网格", full, "", shape.wkb, False, "made", 60)
        )
    whole = shapely.union_all(
        [shapely.box(WEST, SOUTH, WEST + COLUMNS * STEP, SOUTH + ROWS * STEP), *_small()]
    )
    found.append(PlaceRow(cast.CITY, 1, "宁波市", names[cast.CITY], "", whole.wkb, False, "made", None))
    return found


def _small() -> "list[object]":
    from tests import cast

    return [
        shapely.box(west, cast.SOUTH, west + cast.SIDE, cast.SOUTH + cast.SIDE) for west in cast.WEST.values()
    ]


def _octagons() -> np.ndarray:
    chance = np.random.default_rng(SEED)
    columns, rows = np.arange(2 * COLUMNS + 1), np.arange(2 * ROWS + 1)
    half = np.stack(np.meshgrid(columns, rows), axis=-1)
    shift = chance.uniform(-0.12, 0.12, half.shape)
    shift[0], shift[-1], shift[:, 0], shift[:, -1] = 0, 0, 0, 0
    mesh = np.round((half / 2 + shift) * STEP + (WEST, SOUTH), 7)
    ring = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)])
    cells = np.stack(np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)), axis=-1).reshape(-1, 1, 2)
    at = cells * 2 + ring
    return np.asarray(shapely.polygons(mesh[at[..., 1], at[..., 0]]))


def _home(x: int, y: int) -> tuple[str, int]:
    """(village, number of the grid in it) of a cell: counties of 70 x 100 cells, towns 35 x 20, villages 5 x 10."""
    county, town = y // 100 * 5 + x // 70, y % 100 // 20 * 2 + x % 70 // 35
    village = y % 20 // 10 * 7 + x % 35 // 5
    return _village(county, town, village), y % 10 * 5 + x % 5 + 1


def _cases(grids: list[str]) -> None:
    from django.db import connection, transaction

    from gezhi.config.walls import as_owner
    from gezhi.lib.rows import insert_rows

    cases = list(_rows(grids))
    cases.sort(key=lambda row: row[13])  # type: ignore[arg-type, return-value]
    with transaction.atomic():
        insert_rows("cases_case", CASE, cases)
        insert_rows("cases_caseevent", EVENT, [_event(row) for row in cases])
        insert_rows("cases_report", REPORT, [_report(row) for row in cases])
        insert_rows("cases_assignment", SHARE, [_share(row) for row in cases if row[17] and row[7]])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT setval('cases_case_id_seq', %s)", [OPEN + CLOSED + 1])
        cursor.execute("VACUUM ANALYZE")


def _rows(grids: list[str]) -> Iterator[tuple[object, ...]]:
    from gezhi.cases.world import world
    from tests import cast

    chance, now = np.random.default_rng(SEED), datetime.now(UTC)
    categories = [category.key for category in world().catalogue.reportable]
    pack, units = world().catalogue.pack_version_id(categories[0]), list(cast.here().units.values())
    spots = _spots(chance)
    late = chance.uniform(0, 0.45, len(COUNTIES)) ** 1.8
    kinds = np.minimum(chance.geometric(0.12, len(spots)), len(categories)) - 1
    chances = chance.random((len(spots), 4))
    for n, (x, y) in enumerate(spots.tolist()):
        is_open, grid = n < OPEN, grids[int(y) * COLUMNS + int(x)]
        county = int(grid[4:6]) - 30
        age = chances[n, 0] * (12 if is_open else 30)
        opened = now - timedelta(days=age + (0 if is_open else 0.2))
        due = now + timedelta(
            days=-2 * chances[n, 2] if chances[n, 1] < late[county] else 0.05 + 5 * chances[n, 2]
        )
        state = STATES[int(chances[n, 3] * 5)] if is_open else "closed"
        unit = units[n % len(units)] if state not in STATES[:2] else None
        yield (
            n + 1, f"B{n + 1:011d}", pack, "standard", categories[kinds[n]], "路面有垃圾，请尽快处理", state, is_open,
            grid, WEST + x * STEP, SOUTH + y * STEP, "", opened, opened, opened, due if is_open else None,
            None if is_open else now - timedelta(days=age * chances[n, 2]), unit, units[n % len(units)],
            1, 0, 0, 1, n, SOURCES[n * 7 % 11 % 5],
        )  # fmt: skip


def _spots(chance: np.random.Generator) -> np.ndarray:
    """Half of the cases in the middle of the city, half anywhere; in cells and parts of cells."""
    number = OPEN + CLOSED
    middle = chance.normal((COLUMNS * 0.55, ROWS * 0.45), (COLUMNS * 0.14, ROWS * 0.14), (number // 2, 2))
    anywhere = chance.uniform((0, 0), (COLUMNS, ROWS), (number - number // 2, 2))
    spots = np.clip(np.concatenate([middle, anywhere]), 0, (COLUMNS - 0.01, ROWS - 0.01))
    chance.shuffle(spots)
    return spots


def _event(row: tuple[object, ...]) -> tuple[object, ...]:
    return (
        row[0],
        1,
        row[13],
        "report",
        "report",
        "",
        "registered",
        None,
        "reporter",
        "",
        "{}",
        row[15],
        b"",
    )


def _report(row: tuple[object, ...]) -> tuple[object, ...]:
    said = (row[0], row[24], row[1], f"T{row[0]}", row[5], "", "", "", "zh-hans", "{}")
    return (*said, row[13], row[13], "", b"", [])


def _share(row: tuple[object, ...]) -> tuple[object, ...]:
    return (row[0], row[17], "lead", "received", row[13], row[13], "")
