"""Which command (CN) means what when a device sends it (HJ 212-2017 table 9, HJ 212-2025 table 12), and the fields of
the data area (6.3.4)."""

import re
from enum import Enum
from typing import Final


class Kind(Enum):
    DATA = "data"  # readings: answered with 9014 once they are kept
    OTHER = "other"  # logs, states as text, start of the device: answered with 9014, nothing kept
    NOTICE = "notice"  # answered with 9013
    REPLY = "reply"  # the device's answer to the platform


STATISTICS: Final = frozenset({b"2051", b"2061", b"2031"})  # minutes, hours, days
KINDS: Final[dict[bytes, Kind]] = {
    **dict.fromkeys((b"2011", b"2013", *sorted(STATISTICS)), Kind.DATA),
    **dict.fromkeys((b"2021", b"2041", b"2081", b"3019", b"3020", b"3021", b"1014"), Kind.OTHER),
    **dict.fromkeys((b"1013", b"9015"), Kind.NOTICE),  # asks to have its clock set; heartbeat (2025)
    **dict.fromkeys((b"9011", b"9012", b"9013", b"9014"), Kind.REPLY),
}

# Fields of a factor. Converted values (Zs) are those at the reference oxygen content.
MEASURED: Final = frozenset({b"Rtd", b"Min", b"Avg", b"Max", b"Ala", b"Data", b"DayData", b"NightData"})
CONVERTED: Final = frozenset({b"ZsRtd", b"ZsMin", b"ZsAvg", b"ZsMax"})
TOTALS: Final = frozenset({b"Cou"})
LIMITS: Final = frozenset({b"UpValue", b"LowValue", b"UpLmt", b"LowLmt"})
FLAG: Final = b"Flag"
TIMES: Final = frozenset(
    {b"DataTime", b"RestartTime", b"BeginTime", b"EndTime", b"SystemTime", b"SampleTime"}
)
OTHERS: Final[dict[bytes, re.Pattern[bytes]]] = {
    b"EFlag": re.compile(rb"[0-9A-Z]{1,4}"),
    b"PolId": re.compile(rb"[0-9A-Za-z]{1,6}"),
    b"RS": re.compile(rb"[0-9]"),
    b"RT": re.compile(rb"[0-9]{1,2}(?:\.[0-9]{1,3})?"),
    b"VaseNo": re.compile(rb"[0-9]{1,2}"),
}
CODE: Final = re.compile(rb"[A-Za-z][0-9A-Za-z]{0,8}|[0-9]{2,3}")
