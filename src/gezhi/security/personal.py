"""What the tables of security keep of people."""

from typing import Final

from gezhi.lib.personal import LOOKS, SECURITY_DUTY, Grade, Held, Personal, Since, of_staff

_WHY: Final = ("security", "audit")


def _log(zh: str, en: str, grade: Grade = Grade.PERSONAL) -> Personal:
    return of_staff(zh, en, LOOKS, grade, SECURITY_DUTY, _WHY)


TAGS: Final[dict[str, Personal]] = {
    "security_export.account_id": _log("导出人", "Who took a file", Grade.INSIDE),
    "security_export.address": _log("导出时的网络地址", "Network address from which a file was taken"),
    "security_export.filters": _log("导出时的筛选条件", "What an exported list was narrowed by"),
    "security_export.cells": _log("导出内容的指纹（带密钥的截短散列）", "Fingerprint of what a file said"),
    "security_export.pairs": _log("导出内容的指纹（同行）", "Fingerprint of what stood together in a file"),
}
PLAIN: Final[dict[str, str]] = {
    "security_export": "number route title purpose format columns sha256 mark",
}
HELD: Final[dict[str, Held]] = {
    "security_export": Held(
        staff="t.account_id = %(account)s",
        begins={Since.MADE: "t.at"},
        delete=True,
        context=("number", "at", "title", "purpose", "format", "rows"),
    ),
}
