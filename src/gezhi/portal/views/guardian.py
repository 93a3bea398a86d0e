"""A child under fourteen leaves how to be reached only with a guardian's word (PIPL art. 31)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from gezhi.packs.forms import Value

BOXES: Final = ("child", "guardian")
_NO_WORD: Final = gettext_lazy(
    "未满 14 周岁的孩子要留称呼、手机号，请监护人同意后打勾；也可以不留，照样办理。"
)


@dataclass(frozen=True, slots=True)
class Word:
    """`attributes`: what is kept with the report; `faults`: by field of the form."""

    attributes: Mapping[str, Value] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def guardians_word(request: HttpRequest, given: Mapping[str, str]) -> Word:
    """`given`: the fields of the form. A child that leaves nothing to be reached by needs nobody's word."""
    if not request.POST.get("child"):
        return Word()
    if request.POST.get("guardian"):
        return Word({"guardian-consent": "given"})
    left = given.get("reporter_name") or given.get("reporter_phone")
    return Word(faults={"guardian": str(_NO_WORD)}) if left else Word()
