"""The staff list of 50 with filters, at 10^4, 10^5 and 10^6 cases: p95 of whole requests and their SQL statements.

The peer is an empty view behind the same middleware and sign-in, in the same run: what the framework alone takes.
"""

import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import _node

SIZES = (10_000, 100_000, 1_000_000)
REQUESTS = 200
SEED = 7
STATES = ("registered", "filed", "dispatched", "handling", "handled")
ENDED = ("closed", "rated", "archived", "rejected")
OPEN_SHARE = 0.03
THINGS = (
    "路灯 井盖 垃圾 积水 噪音 占道 树木 护栏 招牌 管道 消防栓 油烟 扬尘 车辆 广告 公厕 河道 桥梁 盲道 信号灯 "
    "电线 花坛 楼道 电梯 渣土 工地 烧烤 摊位 标线 隔离墩 站牌 座椅 雕塑 喷泉 绿地 沟渠 变压器 水管 煤气"
).split()
TROUBLES = "损坏 缺失 堆放 渗漏 松动 遮挡 倾斜 堵塞 塌陷 脱落 异响 异味 不亮 倒伏 占用 扰民 开裂 锈蚀".split()
FIRST, SECOND = "解人长中兴百通新育文迎望学环滨建", "放民春山宁丈途河才化宾江府城海设"
STREETS = [f"{first}{second}{kind}" for first in FIRST for second in SECOND for kind in "路街"]
COLUMNS = (
    "id number pack_version_id procedure category title state is_open place_code lon lat address occurred_at opened_at"
    " state_at due_at closed_at unit_id suggested_unit_id report_count reopen_count overdue_count version match_key"
).split()


SAID = (
    "case_id source source_id tracking_code text place_code address category language"
    " attributes occurred_at received_at rating_text salt words"
).split()


def main() -> None:
    _node.start()
    from django.db import connection
    from django.test import Client

    from gezhi.config.walls import as_owner

    client, have = Client(headers={"host": "localhost"}), 0
    _sign_in(client)
    for size in SIZES:
        _add(range(have, size))
        have = size
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        _measure(client, size)


def _sign_in(client: "object") -> None:
    from gezhi.people.models import Account

    client.force_login(Account.objects.get(username="supervisor"))  # type: ignore[attr-defined]


def _add(numbers: range) -> None:
    from django.db import transaction

    from gezhi.lib.rows import insert_rows

    with transaction.atomic():
        insert_rows("cases_case", COLUMNS, list(_rows(numbers)))
        insert_rows("cases_report", SAID, list(_said(numbers)))


def _rows(numbers: range) -> Iterator[tuple[object, ...]]:
    from gezhi.cases.world import world
    from tests import cast

    dice = random.Random(f"{SEED} {numbers.start}")
    now = datetime.now(UTC)
    categories = [category.key for category in world().catalogue.reportable]
    places, units = list(cast.WEST), list(cast.here().units.values())
    pack = world().catalogue.pack_version_id(categories[0])
    for number in numbers:
        is_open = _is_open(number)
        at = _opened(number, now, is_open)
        title = _text(dice, number)
        state = dice.choice(STATES if is_open else ENDED)
        due = now + timedelta(hours=dice.uniform(-48, 120)) if is_open else None
        unit = dice.choice(units) if state not in STATES[:2] else None
        yield (
            number + 1,
            f"B{number:011d}",
            pack,
            "standard",
            dice.choices(categories, range(len(categories), 0, -1))[0],
            title,
            state,
            is_open,
            dice.choice(places),
            121.5,
            29.8,
            "",
            at,
            at,
            at,
            due,
            None if is_open else at + timedelta(days=3),
            unit,
            dice.choice(units),
            1,
            0,
            0,
            1,
            number,
        )


def _said(numbers: range) -> Iterator[tuple[object, ...]]:
    """One report for each case, with the words that search finds."""
    from gezhi.cases.periods import report_words

    dice = random.Random(f"{SEED} words {numbers.start}")
    now = datetime.now(UTC)
    for number in numbers:
        text, code = _text(dice, number), f"T{number}"
        at = _opened(number, now, _is_open(number))
        said = (number + 1, "portal", code, code, text, "", "", "", "zh-hans", "{}")
        yield (*said, at, at, "", b"", report_words(text, "", at))


def _is_open(number: int) -> bool:
    return random.Random(f"{SEED} {number}").random() < OPEN_SHARE


def _opened(number: int, now: datetime, is_open: bool) -> datetime:
    """Over 900 days; what is open was opened in the last 20."""
    return now - timedelta(days=random.Random(f"{SEED} opened {number}").random() * (20 if is_open else 900))


def _text(dice: random.Random, number: int) -> str:
    return (
        f"{dice.choice(STREETS)}{number % 900 + 1}号{dice.choice(THINGS)}{dice.choice(TROUBLES)}，请尽快处理"
    )


def _searched(dice: random.Random) -> str:
    """As people search: a street, a street and a thing, or only a thing that is common."""
    street, thing = dice.choice(STREETS), dice.choice(THINGS)
    return dice.choice([street, f"{street} {thing}", thing])


def _measure(client: "object", size: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    dice = random.Random(SEED)
    asked = [_query(dice) for _ in range(REQUESTS)]
    get = client.get  # type: ignore[attr-defined]
    for path in asked:  # once before, as on a desk in use: what is asked for lies in memory
        assert get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as statements:
        get(asked[0])
        count = len(statements)
    times = sorted(_timed(get, path) for path in asked)
    empty = statistics.median(_timed(get, "/healthz") for _ in range(REQUESTS))
    p95 = times[int(len(times) * 0.95)]
    more = {"cases": size, "p50": round(statistics.median(times), 2), "statements": count}
    _node.tell("staff-list-p95", p95, "ms", "an empty view", empty, **more)


def _timed(get: "object", path: str) -> float:
    begun = time.perf_counter()
    get(path)  # type: ignore[operator]
    return (time.perf_counter() - begun) * 1000


def _query(dice: random.Random) -> str:
    from tests import cast

    parts = ["sort=due" if dice.random() < 0.5 else "sort=newest"]
    if dice.random() < 0.4:
        parts.append(f"state={dice.choice(STATES)}")
    if dice.random() < 0.3:
        parts.append(f"place={dice.choice([cast.HAISHU, cast.NANMEN, cast.WANAN, *cast.WEST])}")
    if dice.random() < 0.3:
        parts.append(f"category={dice.choice([cast.LAMP, cast.RUBBISH])}")
    if dice.random() < 0.2:
        parts.append(f"text={_searched(dice)}")
    if dice.random() < 0.2:
        parts.append(f"due={dice.choice(['overdue', 'soon'])}")
    return "/desk/cases/?" + "&".join(parts)


if __name__ == "__main__":
    main()
