"""The appraisal as people see it."""

import pytest

from gezhi.insight.actions.appeals import lodge_appeal
from gezhi.insight.actions.bulletins import publish_bulletin
from gezhi.insight.actions.tallying import tally_all
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests import cast
from tests.browser.conftest import PHONE, Arrive
from tests.house.tree import ROOT
from tests.insight.stories import handled, happened

MONTH = "appraisal=district-score&period=2026-07"


@pytest.fixture
def appraised(city: cast.Cast) -> cast.Cast:
    publish(read_pack(ROOT / "packs" / "appraisal"))
    works, other = city.units["haishu-works"], city.units["jiangbei-works"]
    for done in [5] * 30 + [60] * 5:
        happened(handled(works, done=done, rating=4))
    for at in range(34):
        happened(handled(other, done=5 if at % 3 else 40), grid=f"{cast.BAISHA}001", category=cast.RUBBISH)
    last = happened(handled(city.units["nanmen"]))
    tally_all()
    lodge_appeal(city.actor("handler"), last.pk - 60, works, "该路灯属电力公司管理，不属我局职责。")
    publish_bulletin("district-score", "2026-07")
    return city


@pytest.mark.parametrize(("language", "size"), [("zh-CN", None), ("en", None), ("zh-CN", PHONE)])
def test_the_pages_of_the_appraisal_fit_their_screen(
    arrive: Arrive, appraised: cast.Cast, language: str, size: dict[str, int] | None
) -> None:
    visitor = arrive(language=language, **({"size": size} if size else {}))
    visitor.sign_in("supervisor")
    pages = {
        "overview": f"?{MONTH}",
        "posts": f"?{MONTH}&level=post",
        "unit": f"units/{appraised.units['haishu-works']}/?{MONTH}",
        "cases": "cases/?count=handled&period=2026-07&level=unit",
        "appeals": "appeals/",
        "bulletins": "bulletins/",
        "grids": "grids/",
        "grid": f"grids/{cast.WANAN}001/",
    }
    for name, path in pages.items():
        visitor.go(f"/desk/appraisal/{path}")
        visitor.snap(f"appraisal-{name}-{language}{'-phone' if size else ''}")
        assert not visitor.overflows(), name
    visitor.go("/desk/appraisal/bulletins/")
    visitor.page.click("td a >> nth=0")
    visitor.snap(f"appraisal-bulletin-{language}{'-phone' if size else ''}")
    assert not visitor.overflows()
