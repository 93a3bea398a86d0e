"""What kind of operator the node is: it decides how soon a serious incident must be reported."""

from typing import Final

KINDS: Final = ("cii", "central", "other")


def operator_kind(value: str) -> str:
    """Raises ValueError: a wrong word would run the wrong clock."""
    if value not in KINDS:
        raise ValueError(f"GEZHI_OPERATOR_KIND is '{value}'. It may be {', '.join(KINDS)}.")
    return value
