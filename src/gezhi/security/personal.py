"""What the tables of security keep of people."""

from typing import Final

from gezhi.lib.personal import LOOKS, SECURITY_DUTY, Grade, Held, Personal, Since, in_words, of_staff

_WHY: Final = ("security", "audit")


def _log(zh: str, en: str, grade: Grade = Grade.PERSONAL) -> Personal:
    return of_staff(zh, en, LOOKS, grade, SECURITY_DUTY, _WHY)


TAGS: Final[dict[str, Personal]] = {
    "security_export.account_id": _log("导出人", "Who took a file", Grade.INSIDE),
    "security_export.address": _log("导出时的网络地址", "Network address from which a file was taken"),
    "security_export.filters": _log("导出时的筛选条件", "What an exported list was narrowed by"),
    "security_export.cells": _log("导出内容的指纹（带密钥的截短散列）", "Fingerprint of what a file said"),
    "security_export.pairs": _log("导出内容的指纹（同行）", "Fingerprint of what stood together in a file"),
    "security_outsidesignal.account_id": _log(
        "发送信号的系统账户", "Account of the system that sent a signal", Grade.INSIDE
    ),
    "security_raisedwarning.group": _log("预警涉及的账户或网络地址", "Account or address of a warning"),
    "security_raisedwarning.acknowledged_by": _log(
        "确认预警的人员", "Who acknowledged a warning", Grade.INSIDE
    ),
    "security_raisedwarning.muted_by": _log("静默预警的人员", "Who muted a warning", Grade.INSIDE),
    "security_raisedwarning.note": in_words(
        "确认预警时的说明", "What was said of a warning", LOOKS, SECURITY_DUTY, _WHY
    ),
    "security_raisedwarning.mute_reason": in_words(
        "静默的理由", "Why a warning was muted", LOOKS, SECURITY_DUTY, _WHY
    ),
}
PLAIN: Final[dict[str, str]] = {
    "security_export": "number route title purpose format columns sha256 mark",
    "security_raisedwarning": "rule by",
    "security_outsidesignal": "key",
}
HELD: Final[dict[str, Held]] = {
    "security_export": Held(
        names_in={"filters": "blot"},
        staff="t.account_id = %(account)s",
        begins={Since.MADE: "t.at"},
        delete=True,
        context=("number", "at", "title", "purpose", "format", "rows"),
    ),
    "security_outsidesignal": Held(
        staff="t.account_id = %(account)s",
        begins={Since.MADE: "(SELECT s.at FROM people_signal s WHERE s.id = t.signal_id)"},
        delete=True,
        context=("signal_id",),
    ),
    "security_raisedwarning": Held(
        staff="t.by = 'account' AND t.\"group\" = (%(account)s)::text"
        " OR t.acknowledged_by = %(account)s OR t.muted_by = %(account)s",
        begins={Since.MADE: "t.ended_at"},
        delete=True,
        context=("rule", "level", "began_at", "ended_at"),
    ),
}
