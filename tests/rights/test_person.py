"""What tells a person in the words of others, and what is left when it is blotted out."""

import pytest

from gezhi.lib.numbers import is_number, number_digest, number_key
from gezhi.rights.person import BLOT, Blotter, Signs

WANG = Signs(
    names=("王小明",), numbers=("138 0000 1234",), emails=("wang@example.org",), addresses=("中山西路3弄5号",)
)


@pytest.mark.parametrize(
    "typed", ["13800001234", "138 0000 1234", "+86 138-0000-1234", "0086 13800001234", "(138)00001234"]
)
def test_a_number_is_one_however_it_is_typed(typed: str) -> None:
    assert number_key(typed) == "13800001234"
    assert number_digest("secret", typed) == number_digest("secret", "13800001234")


def test_a_digest_differs_with_the_secret_and_the_number() -> None:
    assert number_digest("a", "13800001234") != number_digest("b", "13800001234")
    assert number_digest("a", "13800001234") != number_digest("a", "13800001235")
    assert not is_number("12 34")
    assert is_number("12345")


@pytest.mark.parametrize(
    "words",
    [
        "已联系王小明，约好明天上门",
        "电话 138-0000-1234 无人接听",
        "打 +86 13800001234 说明情况",
        "发邮件到 wang@example.org",
        "到中山西路3弄5号查看",
        "王先生表示满意",
        "王某反映",
    ],
)
def test_a_person_is_found_in_the_words_of_others(words: str) -> None:
    assert blotter(WANG).finds(words)
    assert BLOT in str(blotter(WANG).clean(words))


@pytest.mark.parametrize("words", ["路灯已修好", "王府路的井盖", "编号 1380000", "张先生在场", ""])
def test_other_words_stay(words: str) -> None:
    assert blotter(WANG).clean(words) == words


def test_forms_are_blotted_inside_and_keep_their_keys() -> None:
    form = {"party": "王小明", "told": ["phone", "13800001234"], "count": 2, "ok": True, "none": None}
    assert blotter(WANG).clean(form) == {
        "party": BLOT,
        "told": ["phone", BLOT],
        "count": 2,
        "ok": True,
        "none": None,
    }


def test_what_others_quote_of_a_person_goes_with_it() -> None:
    said = Signs(texts=("我家厨房的水从楼上漏下来，已经三天了",))
    assert blotter(said).clean("反映人称“厨房的水从楼上漏下来”，已转物业") == f"反映人称“{BLOT}”，已转物业"
    assert blotter(said).clean("已经三天没人处理") == "已经三天没人处理"


def test_nobody_without_signs_is_looked_for() -> None:
    assert Signs().blotter is None
    assert Signs(names=("王",), numbers=("12",), texts=("短",)).blotter is None


def blotter(signs: Signs) -> Blotter:
    found = signs.blotter
    assert found is not None
    return found
