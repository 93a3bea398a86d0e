"""Search words and readable codes."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezhi.lib.bigrams import lexemes, tsquery, tsvector
from gezhi.lib.readable import readable_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮"]),
        ("灯", ["灯"]),
        ("中山路88号 LED灯", ["中山", "山路", "88", "号", "led", "灯"]),
        ("路灯路灯", ["路灯", "灯路"]),
        ("？！ \n", []),
    ],
)
def test_chinese_gives_pairs_and_latin_whole_words(text: str, expected: list[str]) -> None:
    assert lexemes(text) == expected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_any_text_is_found_by_itself(db: None, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [tsvector(text), tsquery(text)])
        assert cursor.fetchone()[0] is bool(lexemes(text))


def test_codes_are_read_out_without_doubt_and_do_not_repeat() -> None:
    codes = {readable_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert not set("".join(codes)) & set("01IO")
    assert {len(code) for code in codes} == {12}
