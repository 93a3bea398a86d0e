"""Why somebody may read personal data: a closed list. Pure.

PIPL art. 6 asks for a definite purpose, art. 34 that state organs stay within their statutory duty.
"""

from dataclasses import dataclass
from typing import Final

HANDLING: Final = "handling"
VERIFYING: Final = "verifying"
CALLBACK: Final = "callback"
SUPERVISION: Final = "supervision"
AUDIT: Final = "audit"
STATISTICS: Final = "statistics"
RIGHTS: Final = "rights"
SECURITY: Final = "security"


@dataclass(frozen=True, slots=True)
class Purpose:
    """`basis`: the law that makes it a duty."""

    key: str
    zh: str
    en: str
    basis_zh: str
    basis_en: str


_DUTY = ("个人信息保护法第十三条第一款第三项、第三十四条", "PIPL art. 13(1)(3) and art. 34")

PURPOSES: Final[dict[str, Purpose]] = {
    one.key: one
    for one in (
        Purpose(HANDLING, "办理事项", "Handling the matter", *_DUTY),
        Purpose(VERIFYING, "核查结果", "Verifying what was done", *_DUTY),
        Purpose(CALLBACK, "回访诉求人", "Calling the reporter back", *_DUTY),
        Purpose(SUPERVISION, "督办", "Supervising a matter", *_DUTY),
        Purpose(
            AUDIT,
            "合规审计",
            "Auditing how data are used",
            "个人信息保护法第五十四条",
            "PIPL art. 54",
        ),
        Purpose(
            STATISTICS,
            "统计分析",
            "Statistics",
            "统计法第七条；个人信息保护法第三十四条",
            "Statistics Law art. 7; PIPL art. 34",
        ),
        Purpose(
            RIGHTS,
            "办理个人权利请求",
            "Answering a person's request about their data",
            "个人信息保护法第四十四条至第五十条",
            "PIPL art. 44 to 50",
        ),
        Purpose(
            SECURITY,
            "处置数据安全事件",
            "Handling a security incident",
            "个人信息保护法第五十一条、第五十七条；数据安全法第二十九条",
            "PIPL art. 51 and 57; Data Security Law art. 29",
        ),
    )
}
