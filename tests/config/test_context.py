"""What every page knows of the node."""

import pytest

from gezhi.config.context import Counter, counter_in


@pytest.mark.parametrize(
    ("text", "counter"),
    [
        ("", None),
        ("万安社区服务大厅", Counter("万安社区服务大厅")),
        ("大厅 | 解放南路 12 号 | 8:30-17:00", Counter("大厅", "解放南路 12 号", "8:30-17:00")),
    ],
)
def test_a_counter_has_a_name_an_address_and_hours(text: str, counter: Counter | None) -> None:
    assert counter_in(text) == counter
