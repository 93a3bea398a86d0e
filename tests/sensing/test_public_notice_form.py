"""Residents are told something from the desk: written, read once more, sent; and withdrawn."""

import pytest
from django.utils import timezone

from gezhi.sensing.models import PublicNotice
from gezhi.sensing.queries.notices import standing_notices
from tests.cast import JIANGBEI, NANMEN, Cast
from tests.desk.conftest import SignedIn
from tests.sensing.flooded import flooded

PAGE = "/desk/sensing/notices/"
TYPED = {
    "level": "3",
    "headline": "下穿通道封闭",
    "text": "柳汀街下穿积水。",
    "todo": "请绕行。",
    "places": "南门街道",
    "hours": "6",
}


def test_nothing_is_sent_before_it_was_read_once_more(signed_in: SignedIn, city: Cast) -> None:
    desk = signed_in("dispatcher")
    preview = desk.post(PAGE, {**TYPED, "do": "preview"}).content.decode()
    assert "请核对：居民将看到" in preview
    assert "请绕行。" in preview
    assert not PublicNotice.objects.exists()
    assert 'value="下穿通道封闭"' in desk.post(PAGE, {**TYPED, "do": "change"}).content.decode()
    assert desk.post(PAGE, {**TYPED, "do": "send"}).status_code == 302
    row = PublicNotice.objects.get()
    assert (row.places, row.level, row.account_id) == ([NANMEN], 3, city.account("dispatcher").pk)
    assert "下穿通道封闭" in desk.get("/notices/").content.decode()


def test_what_was_told_is_listed_and_withdrawn(signed_in: SignedIn, city: Cast) -> None:
    desk = signed_in("dispatcher")
    desk.post(PAGE, {**TYPED, "do": "send"})
    row = PublicNotice.objects.get()
    assert "下穿通道封闭" in desk.get(PAGE).content.decode()
    other = signed_in("jiangbei-dispatcher")
    assert f"{row.pk}/end/" not in other.get(PAGE).content.decode()
    other.post(f"{PAGE}{row.pk}/end/")
    assert PublicNotice.objects.get().ended_at is None
    desk.post(f"{PAGE}{row.pk}/end/")
    assert PublicNotice.objects.get().ended_at is not None
    assert not standing_notices(timezone.now()).exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"places": "没有的街道"}, "没有找到“没有的街道”"),
        ({"places": JIANGBEI}, "只能向本辖区告知"),
        ({"level": ""}, "请选择级别"),
        ({"until": "soon"}, "2026-11-22 18:00"),
        ({"hours": "9999"}, "7 天之内"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_was_typed(
    signed_in: SignedIn, city: Cast, changed: dict[str, str], said: str
) -> None:
    answer = signed_in("dispatcher").post(PAGE, {**TYPED, **changed, "do": "preview"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "柳汀街下穿积水。" in answer.content.decode()


def test_who_does_not_command_tells_nobody(signed_in: SignedIn, city: Cast) -> None:
    assert signed_in("handler").post(PAGE, {**TYPED, "do": "send"}).status_code == 403
    assert not PublicNotice.objects.exists()


def test_a_warning_begins_the_notice(signed_in: SignedIn, city: Cast) -> None:
    warning = flooded(city.units["haishu-works"]).warning
    page = signed_in("dispatcher").get(PAGE, {"warning": str(warning.pk)}).content.decode()
    assert "下穿通道积水" in page
    assert f'name="warning" value="{warning.pk}"' in page
