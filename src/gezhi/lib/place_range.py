"""The code is the tree: a national division code's subtree is a range of codes."""

from functools import lru_cache

_WIDTHS = (2, 4, 6, 9, 12)


@lru_cache(maxsize=65536)
def place_range(code: str) -> tuple[str, str]:
    """(low, high) with low <= every code of the subtree < high, in byte order. "" is the whole country."""
    prefix = prefix_of(code)
    return prefix, prefix + ":"  # ":" follows "9"


def prefix_of(code: str) -> str:
    if len(code) > 12:
        return code
    width = next((w for w in _WIDTHS if code[w:].strip("0") == ""), 12)
    return "" if code.strip("0") == "" else code[:width]
