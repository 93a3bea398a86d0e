"""Why a frame is refused: one word for each, counted, and shown as it is."""

from enum import StrEnum
from typing import Final


class Why(StrEnum):
    """The order is that of the checks."""

    TOO_LONG = "too_long"
    START = "start"
    LENGTH = "length"
    CHECKSUM = "checksum"
    CHARACTERS = "characters"
    HEADER = "header"
    DEVICE = "device"
    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    STATION = "station"
    COMMAND = "command"
    FLAG = "flag"
    CLOCK = "clock"
    CIPHER = "cipher"
    SPLIT = "split"
    CONTENT = "content"
    FACTOR = "factor"
    FIELD = "field"
    TIME = "time"
    NUMBER = "number"
    MARK = "mark"
    RANGE = "range"
    ORDER = "order"
    FULL = "full"  # the node cannot take more now


SAID: Final[dict[Why, tuple[str, str]]] = {
    Why.TOO_LONG: ("超过标准允许的长度", "longer than the standard allows"),
    Why.START: ("不以 ## 开头", "does not begin with ##"),
    Why.LENGTH: ("长度字段与数据段不符", "the length field is not that of the segment"),
    Why.CHECKSUM: ("校验码不符", "the checksum is another"),
    Why.CHARACTERS: ("含有不允许的字符", "has characters that are not allowed"),
    Why.HEADER: ("数据段结构不符合标准", "the segment is not built as the standard says"),
    Why.DEVICE: ("设备唯一标识 MN 未登记", "MN is of no registered device"),
    Why.PASSWORD: ("访问密码 PW 不符", "PW is not that of the device"),
    Why.STATION: ("系统编码 ST 不是该设备的", "ST is not one of the device"),
    Why.COMMAND: ("命令编码 CN 不能由现场机发出", "CN is not for devices to send"),
    Why.FLAG: ("标志 Flag 与内容不符", "Flag does not fit the rest"),
    Why.CLOCK: ("请求编码 QN 的时间不可信", "the time of QN cannot be"),
    Why.CIPHER: ("加密内容无法解开，或应加密而未加密", "content cannot be deciphered, or is plain where it may not be"),
    Why.SPLIT: ("分包序号错误或分包过多", "numbers of packages are wrong, or too many"),
    Why.CONTENT: ("数据区结构错误", "the data area is not built as the standard says"),
    Why.FACTOR: ("因子编码不在表中", "a factor code is in no table"),
    Why.FIELD: ("字段名不在表中", "a field is in no table"),
    Why.TIME: ("数据时间错误", "a time cannot be"),
    Why.NUMBER: ("数值不是数字", "a value is not a number"),
    Why.MARK: ("数据标记不是 N F M S D C T B", "a mark is none of N F M S D C T B"),
    Why.RANGE: ("数值超出该因子可能的范围", "a value is outside what its factor can be"),
    Why.ORDER: ("最小、平均、最大值次序矛盾", "minimum, average and maximum contradict each other"),
    Why.FULL: ("系统暂时无法接收更多数据", "the node cannot take more at the moment"),
}  # fmt: skip


class Refused(Exception):
    """A frame that is not taken. `what`: the part of it, at most 40 characters."""

    def __init__(self, why: Why, what: bytes | str = "") -> None:
        self.why = why
        self.what = (what.decode("ascii", "backslashreplace") if isinstance(what, bytes) else what)[:40]
        super().__init__(f"{why}: {SAID[why][1]}{f' ({self.what})' if self.what else ''}")
