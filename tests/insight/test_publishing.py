"""A bulletin is published once, and stands."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from gezhi.insight.actions.bulletins import AlreadyPublished, publish_bulletin
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.models import Bulletin
from gezhi.insight.queries.bulletins import due_bulletins
from gezhi.insight.queries.methods import NoAppraisal
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests import cast
from tests.house.tree import ROOT
from tests.insight.stories import handled, happened


@pytest.fixture
def appraised(city: cast.Cast) -> cast.Cast:
    publish(read_pack(ROOT / "packs" / "appraisal"))
    for done in [5] * 30 + [60] * 5:
        happened(handled(city.units["haishu-works"], done=done))
    happened(handled(city.units["city-works"]))
    tally_all()
    return city


def test_a_bulletin_ranks_units_and_lists_apart_who_has_too_few(appraised: cast.Cast) -> None:
    made = publish_bulletin("district-score", "2026-07")
    assert made.xlsx is not None and made.pdf is not None
    book = load_workbook(io.BytesIO(bytes(made.xlsx)))
    rows = list(book["排名"].iter_rows(values_only=True))
    assert rows[0][:5] == ("名次", "单位", "得分", "稳健得分", "n")
    assert rows[1][:3] == (1, "海曙区综合行政执法局", 97.14)
    assert rows[2][:2] == ("不排名", "宁波市市政管理局")
    assert "处置数 ÷ 应处置数" in {row[1] for row in book["方法"].iter_rows(values_only=True)}
    assert bytes(made.pdf).startswith(b"%PDF")


def test_a_bulletin_is_published_once_and_stands(appraised: cast.Cast) -> None:
    made = publish_bulletin("district-score", "2026-07")
    with pytest.raises(AlreadyPublished):
        publish_bulletin("district-score", "2026-07")
    happened(handled(appraised.units["haishu-works"], done=60))
    tally_all()
    assert Bulletin.objects.get(pk=made.pk).content == made.content


def test_no_formula_reaches_back_before_its_day(appraised: cast.Cast) -> None:
    with pytest.raises(NoAppraisal):
        publish_bulletin("district-score", "2019-12")
    with pytest.raises(NoAppraisal):
        publish_bulletin("no-such", "2026-07")


def test_what_is_due_is_the_last_whole_period_until_it_is_published(appraised: cast.Cast) -> None:
    assert ("district-score", "2026-07") in set(due_bulletins(date(2026, 8, 1)))
    publish_bulletin("district-score", "2026-07")
    assert ("district-score", "2026-07") not in set(due_bulletins(date(2026, 8, 1)))
