"""A contractor of the cast and its contract: street lamps of 南门街道 for 海曙区."""

from dataclasses import replace
from datetime import date

from django.utils import timezone

from gezhi.people.actions import load_people, sign_contract
from gezhi.people.contracts import Terms
from gezhi.people.models import Contract, Unit, UnitKind
from tests.cast import CITY, NANMEN, Cast


def contractor() -> Unit:
    known = Unit.objects.filter(code="lampco").first()
    if known is not None:
        return known
    load_people([], [Unit(code="lampco", name="亮灯公司", place_code=CITY, kind=UnitKind.CONTRACTOR)], [])
    return Unit.objects.get(code="lampco")


def terms(city: Cast, **other: object) -> Terms:
    plain = Terms(
        number="HT-1",
        title="路灯维护",
        unit_id=contractor().pk,
        ordered_by_id=city.units["haishu-works"],
        valid_from=date(2020, 1, 1),
        valid_to=date(2099, 1, 1),
        places=(NANMEN,),
        categories=(),
        functions=("municipal",),
        price_kind="per-matter",
        cents=8800,
        quality="24 小时内修好",
        method="inquiry",
        candidates=("亮灯公司 88 元", "光明公司 95 元"),
        reason="报价最低，三年无投诉",
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def signed(city: Cast, **other: object) -> Contract:
    return sign_contract(terms(city, **other), None, timezone.now())
