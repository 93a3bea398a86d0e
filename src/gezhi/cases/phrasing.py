"""Ready answers (常用语): what may stand in one, and filling it for a case. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from gezhi.cases.procedure import Refused

PLACEHOLDERS: Final = ("number", "category", "place", "unit")
LONGEST: Final = 1000
LONGEST_TITLE: Final = 40
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")


def check_phrase(title: str, text: str) -> tuple[str, str]:
    """Title and text as they are kept. Raises Refused."""
    title, text = (one.replace("\0", "").strip() for one in (title, text))
    if not title or not text:
        raise Refused("lacking", "名称和内容都要写。", "A ready answer needs a title and a text.")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST:
        raise Refused(
            "too-long",
            f"名称最多 {LONGEST_TITLE} 字，内容最多 {LONGEST} 字。",
            f"A title has at most {LONGEST_TITLE}, a text {LONGEST} characters.",
        )
    for found in _BRACES.finditer(text):
        if found.group(1) not in PLACEHOLDERS:
            known = "、".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise Refused(
                "unknown-placeholder",
                f"“{found.group()}”不认识，可用：{known}。",
                f"'{found.group()}' is no placeholder. You may use: {known}.",
            )
    return title, text


def filled(text: str, facts: Mapping[str, str]) -> str:
    """`facts` by placeholder; what the case has not yet is left out."""
    return _BRACES.sub(lambda found: facts.get(found.group(1) or "", ""), text)
