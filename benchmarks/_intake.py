"""What both intake benchmarks need: plausible reports, and a database that already holds many cases."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import models

SEED = 11
THINGS = "路灯 井盖 垃圾 积水 噪音 占道 树木 护栏 招牌 管道 消防栓 油烟 扬尘 违停 小广告 公厕 河道".split()
TROUBLES = "坏了 丢失 堆积 影响出行 一直没人管 半夜扰民 破损严重 倾斜 漏水 很危险 请尽快处理 又出现了".split()
CASE_OWN = {"id", "number", "match_key"}
REPORT_OWN = {"id", "case_id", "source_id", "tracking_code"}
GROW = """
WITH sample AS (SELECT *, row_number() OVER (ORDER BY id) AS at FROM cases_case ORDER BY id LIMIT 1000),
said AS (SELECT *, row_number() OVER (ORDER BY id) AS at FROM cases_report ORDER BY id LIMIT 1000),
new AS (
    INSERT INTO cases_case ({case}, number, match_key)
    SELECT {case}, 'G' || lpad((%s + g)::text, 11, '0'), match_key + 1000000 + g
    FROM sample JOIN generate_series(1, %s) g ON at = 1 + g %% (SELECT count(*) FROM sample)
    RETURNING id
), more AS (
    INSERT INTO cases_report ({report}, case_id, source_id, tracking_code)
    SELECT {report}, new.id, 'grown-' || new.id, 'G' || new.id
    FROM new JOIN said ON at = 1 + new.id %% (SELECT count(*) FROM said)
    RETURNING id
)
INSERT INTO cases_reporter (report_id, name, phone, email)
SELECT id, '', '138' || lpad(id::text, 8, '0'), '' FROM more
"""
GROW_STEP = 100_000


def fields(dice: random.Random, number: int) -> dict[str, object]:
    """A report's fields at a random point of the small city."""
    from tests import cast

    west = dice.choice(list(cast.WEST.values()))
    text = f"{dice.choice(THINGS)}{dice.choice(TROUBLES)}，在{number}号门前，{dice.choice(TROUBLES)}"
    return {
        "source_id": f"bench-{number}",
        "text": text,
        "lon": round(west + dice.random() * cast.SIDE, 6),
        "lat": round(cast.SOUTH + dice.random() * cast.SIDE, 6),
        "reporter_phone": f"138{number % 10**8:08d}",
    }


def many_fields(begin: int, count: int) -> Iterator[dict[str, object]]:
    dice = random.Random(f"{SEED} {begin}")
    return (fields(dice, number) for number in range(begin, begin + count))


def cases() -> int:
    from gezhi.cases.models import Case

    return Case.objects.count()


def grow(size: int) -> None:
    """Copies of real cases and reports, each with its own number and cell, until there are `size` cases."""
    from django.db import connection

    from gezhi.cases.models import Case, Report
    from gezhi.config.walls import as_owner

    case = _columns(Case, CASE_OWN)
    report = _columns(Report, REPORT_OWN)
    while (have := cases()) < size:
        more = min(size - have, GROW_STEP)
        with connection.cursor() as cursor:
            cursor.execute(GROW.format(case=case, report=report), [have, more])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _columns(model: type[models.Model], own: set[str]) -> str:
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in own)


def edge() -> object:
    from gezhi.cases.intake.edge import edge_for

    return edge_for("api:bench", now=datetime.now(UTC))


def seconds(begun: float) -> float:
    return time.perf_counter() - begun
