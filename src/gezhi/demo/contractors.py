"""Two invented contractors of the demonstration city, with contracts that ran through its whole past."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction

from gezhi.demo.names import person_name
from gezhi.people.actions import load_people, publish_purchase, sign_contract
from gezhi.people.contracts import LUMP_SUM, PER_MATTER, Terms
from gezhi.people.models import Account, Post, Role, Unit, UnitKind

LAMPS, CLEANING = "contractor-lamps", "contractor-cleaning"
_TERM: Final = timedelta(days=365)
_COUNTY_CENTS, _MATTER_CENTS = 38_000_000, 12_800


@transaction.atomic
def hire_contractors(
    county: str, since: date, now: datetime, seed: int, guest: Account | None = None
) -> None:
    """Street lamps by the matter and cleaning for a lump sum, both for one county's bureaus. `guest`: an account not
    yet saved that handles for the lamps' contractor."""
    rng = Random(seed)
    units = [
        _contractor(LAMPS, "明光路灯维护有限公司", "Mingguang Street Lighting Ltd", county),
        _contractor(CLEANING, "净美环境服务有限公司", "Jingmei Environmental Services Ltd", county),
    ]
    accounts = [Account(username=f"h-{unit.code}", name=person_name(rng)) for unit in units]
    for account in accounts:
        account.set_unusable_password()
    if guest is not None:
        accounts[0] = guest
    posts = [
        Post(account=account, unit=unit, role=Role.HANDLER, place_code=county, valid_from=since)
        for account, unit in zip(accounts, units, strict=True)
    ]
    load_people(accounts, units, posts)
    for terms in (_lamps(county, since), _cleaning(county, since)):
        publish_purchase(sign_contract(terms, None, now).pk, None, now)


def _contractor(code: str, name: str, english: str, county: str) -> Unit:
    return Unit(code=code, name=name, name_en=english, place_code=county, kind=UnitKind.CONTRACTOR)


def _lamps(county: str, since: date) -> Terms:
    return Terms(
        number="演示-2026-01",
        title="路灯维护服务",
        unit_id=Unit.objects.get(code=LAMPS).pk,
        ordered_by_id=Unit.objects.get(code=f"{county}-works").pk,
        valid_from=since,
        valid_to=since + _TERM,
        places=(county,),
        categories=("matter-01037", "matter-01038", "matter-01039"),
        functions=(),
        price_kind=PER_MATTER,
        cents=_MATTER_CENTS,
        quality="接单后 24 小时内修复，三个月内同一盏灯再坏免费重修。",
        method="consultation",
        candidates=("明光路灯维护有限公司 每件 128 元", "远照电气有限公司 每件 145 元"),
        reason="报价低，自有登高车两台，承诺三个月质保。",
    )


def _cleaning(county: str, since: date) -> Terms:
    return Terms(
        number="演示-2026-02",
        title="城区保洁包干服务",
        unit_id=Unit.objects.get(code=CLEANING).pk,
        ordered_by_id=Unit.objects.get(code=f"{county}-enforcement").pk,
        valid_from=since,
        valid_to=since + _TERM,
        places=(county,),
        categories=(),
        functions=("sanitation",),
        price_kind=LUMP_SUM,
        cents=_COUNTY_CENTS,
        quality="暴露垃圾两小时内清除，核查不合格当天返工。",
        method="open-tender",
        candidates=(
            "净美环境服务有限公司 38 万元",
            "清源保洁有限公司 41 万元",
            "绿都环境工程有限公司 44.5 万元",
        ),
        reason="综合评分第一：报价最低，人员和车辆满足招标要求。",
    )
