"""Where devices find the node."""

import pytest

from gezhi.config.hearing import BadListening, BadPlatform, gb28181_id, listening_at


def test_an_address_is_a_host_and_a_port() -> None:
    assert listening_at("GEZHI_HJ212_LISTEN", "0.0.0.0:8212") == ("0.0.0.0", 8212)
    assert listening_at("GEZHI_HJ212_LISTEN", "[::1]:8212") == ("::1", 8212)
    assert listening_at("GEZHI_HJ212_LISTEN", "") is None


@pytest.mark.parametrize("text", ["8212", "host", "host:", "host:99999", "a host:1", ":1"])
def test_another_is_refused_by_the_name_of_its_setting(text: str) -> None:
    with pytest.raises(BadListening, match=r"GEZHI_HJ212_LISTEN.*HOST:PORT"):
        listening_at("GEZHI_HJ212_LISTEN", text)


def test_a_platform_that_listens_has_twenty_digits() -> None:
    assert gb28181_id("3" * 20, needed=True) == "3" * 20
    assert gb28181_id("", needed=False) == ""
    for text in ("", "123"):
        with pytest.raises(BadPlatform):
            gb28181_id(text, needed=True)
