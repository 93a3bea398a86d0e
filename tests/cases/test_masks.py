"""What is left of a number behind a mask."""

import pytest

from gezhi.cases.contact import masked_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800001234", "138****1234"),
        ("+86 138 0000 1234", "861****1234"),
        ("0574-87654321", "057****4321"),
        ("87654321", "****4321"),
        ("12345", "****"),
        ("", ""),
    ],
)
def test_a_phone_shows_less_than_it_takes_to_call(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown
