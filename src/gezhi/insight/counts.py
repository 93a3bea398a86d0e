"""What is counted: a closed list. Every figure of an appraisal is a sum of these, and each opens its cases. Pure.

What counts is kept as tallies: one for each report, each stint (a unit leading a case until it hands in, passes it on,
or its limit passes), each closing, each callback, each call of a partner and each card. A tally has the instant that
decides its period, a unit, and `flags`, one bit for each count below.

A matter that was found by the unit that leads it (`own`) counts only where it went well: finding never lowers a mark.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

FORMAL_DAYS: Final = 7  # reopened by the reporter within: closed in form only
PRESENT_DAYS: Final = (
    7  # the grid's post was there on one of so many days before: what a resident reports, it missed
)


class Origin(IntEnum):
    """What a tally stands for; with the case and `ref` it is unique. `ref`: an event's seq, or the row's id."""

    REPORT = 1
    STINT = 2
    CLOSING = 3
    CALLBACK = 4
    CALL = 5
    CARD = 6


@dataclass(frozen=True, slots=True)
class Count:
    """`bit` is its place in `flags`; `zh`, `en`: its exact meaning."""

    key: str
    bit: int
    origin: Origin
    name_zh: str
    name_en: str
    zh: str
    en: str

    @property
    def flag(self) -> int:
        return 1 << self.bit


_R, _S, _C, _A, _P, _K = Origin
COUNTS: Final = (
    Count("reported", 0, _R, "上报数", "Reports",
          "收到的诉求，按收到时间；单位为案件首个承办单位",
          "Reports received, by their time; the unit is the first that led the case"),
    Count("found", 1, _R, "自主发现数", "Found by staff",
          "其中由网格员等在现场上报的", "Of these, reported from the field by staff"),
    Count("reported_by_residents", 2, _R, "居民反映数", "Reported by residents",
          "其中由居民经网页、热线、代办、Open311 或文件反映的",
          "Of these, said by residents: portal, hotline, an agent, Open311 or a file"),
    Count("missed", 3, _R, "应发现未发现数", "Missed",
          "居民首报、网格可受理的事项，而此前 7 天内有一天网格员曾在该网格上报或完成巡查",
          "Opened by a resident, of a category that grids take, in a grid whose post had reported from it or "
          "finished a round in it on one of the seven days before"),
    Count("given", 4, _S, "承办数", "Cases led",
          "单位主办一段的结束（办结、退回、流转）或超期，按结束与到期中较早的时间",
          "Stints of a lead unit that ended or fell overdue, by the earlier of end and limit"),
    Count("received", 5, _S, "接收数", "Received",
          "其中已接收的", "Of these, those that the unit received"),
    Count("returned", 6, _S, "退回数", "Returned",
          "其中未办即退回的", "Of these, returned without being handled"),
    Count("should_handle", 7, _S, "应处置数", "Due for handling",
          "已处置的和处置期限已过的；按处置与到期中较早的时间",
          "Handed in, or past the limit; by the earlier of the two"),
    Count("handled", 8, _S, "处置数", "Handled", "其中已处置的", "Of these, handed in"),
    Count("handled_on_time", 9, _S, "按期处置数", "Handled on time",
          "其中在（延期后的）期限内处置的", "Of these, within the limit, extensions included"),
    Count("overdue_open", 10, _S, "超期待处置数", "Overdue and open",
          "其中已超期仍未处置的", "Of these, past the limit and not handed in"),
    Count("extended", 11, _S, "延期数", "Extended",
          "承办期间曾获准延期的", "Stints whose limit was extended"),
    Count("should_close", 12, _S, "应结案数", "Due for closing",
          "已处置、待核查结案的", "Handed in, and so due to be verified and closed"),
    Count("reworked", 13, _S, "返工数", "Reworked",
          "其中核查不通过、曾返工的", "Of these, sent back by the verifier at least once"),
    Count("closed", 14, _C, "结案数", "Closed", "核查通过等结案，每次计一", "Closings, each counted once"),
    Count("closed_on_time", 15, _C, "按期结案数", "Closed on time",
          "其中承办单位未曾超期的", "Of these, without the unit ever having been overdue"),
    Count("reopened", 16, _C, "重办数", "Reopened", "其中结案后又重办的", "Of these, reopened afterwards"),
    Count("overturned", 17, _C, "回访推翻数", "Overturned",
          "其中回访发现并未解决的", "Of these, found unresolved by the callback"),
    Count("formal_closed", 18, _C, "形式办结数", "Closed in form only",
          "其中被回访推翻，或 7 天内由反映人申请重办的",
          "Of these, overturned by a callback or reopened by the reporter within seven days"),
    Count("rated", 19, _C, "评价数", "Rated", "其中反映人已评价的（取最低一次）",
          "Of these, rated by a reporter; the lowest stands"),
    Count("rated_satisfied", 20, _C, "评价满意数", "Rated satisfied", "评价为 4、5 的", "Rated 4 or 5"),
    Count("rated_basically", 21, _C, "评价基本满意数", "Rated basically satisfied", "评价为 3 的", "Rated 3"),
    Count("rated_dissatisfied", 22, _C, "差评数", "Rated dissatisfied", "评价为 1、2 的", "Rated 1 or 2"),
    Count("asked", 23, _A, "有效回访数", "Callbacks answered",
          "已联系上反映人的回访，按回访时间", "Callbacks that reached the reporter, by their time"),
    Count("responded", 24, _A, "已联系数", "Had been contacted",
          "其中单位已联系反映人的", "Of these, where the unit had contacted the reporter"),
    Count("resolved", 25, _A, "已解决数", "Resolved", "其中反映人认为已解决的",
          "Of these, resolved by the reporter's word"),
    Count("satisfied", 26, _A, "满意数", "Satisfied", "其中评价为 4、5 的", "Of these, rated 4 or 5"),
    Count("basically_satisfied", 27, _A, "基本满意数", "Basically satisfied", "其中评价为 3 的", "Of these, rated 3"),
    Count("dissatisfied", 28, _A, "不满意数", "Dissatisfied", "其中评价为 1、2 的", "Of these, rated 1 or 2"),
    Count("whistled", 29, _P, "被吹哨数", "Whistled for", "被吹哨或邀请联办，按派出时间",
          "Called to a case by whistle or as a partner, by the time of the call"),
    Count("reported_in", 30, _P, "报到数", "Reported in", "其中已报到的", "Of these, where the unit reported in"),
    Count("absent", 31, _P, "未报到数", "Absent", "其中逾期未报到的", "Of these, not reported in within the limit"),
    Count("yellow_cards", 32, _K, "黄牌数", "Yellow cards", "收到的黄牌", "Yellow cards received"),
    Count("red_cards", 33, _K, "红牌数", "Red cards", "收到的红牌", "Red cards received"),
    Count("orders", 34, _K, "督办数", "Orders", "收到的督办单", "Supervisors' orders received"),
    Count("orders_late", 35, _K, "督办超期数", "Orders late", "其中逾期未答复的", "Of these, not answered in time"),
    Count("own", 36, _S, "自主发现并承办数", "Found and led",
          "本单位发现、本单位主办的（含因未办好而不计分的）",
          "Found by the unit that leads it, also those left out because they did not go well"),
)  # fmt: skip
BY_KEY: Final = {count.key: count for count in COUNTS}
FLAG: Final = {count.key: count.flag for count in COUNTS}
MINUTES: Final = "response_minutes"  # minutes from dispatch to receipt, summed over `received`
NAMES: Final = (*BY_KEY, MINUTES)  # what a formula may use


def flags_of(*keys: str) -> int:
    """The flags of these counts together."""
    return sum(FLAG[key] for key in keys)


def opened_by(name: str) -> Count | None:
    """The count whose cases a figure of this name opens; None for a name that is no count."""
    return BY_KEY.get("received" if name == MINUTES else name)
