"""Why a message, or a value in it, is not taken: one word for each, counted, and shown as it is."""

from enum import StrEnum
from typing import Final


class Why(StrEnum):
    TOPIC = "topic"
    TOO_LONG = "too_long"
    ATTACHMENT = "attachment"
    TEXT = "text"
    SHAPE = "shape"
    ROWS = "rows"
    SERIES = "series"
    TIME = "time"
    NUMBER = "number"
    FRAME = "frame"


SAID: Final[dict[Why, tuple[str, str]]] = {
    Why.TOPIC: ("主题不在任何订阅中", "the topic is of no subscription"),
    Why.TOO_LONG: ("消息过长", "the message is too long"),
    Why.ATTACHMENT: ("消息含有图片或其他附件", "the message carries a picture or another attachment"),
    Why.TEXT: ("消息不是 UTF-8 编码的 JSON", "the message is not JSON in UTF-8"),
    Why.SHAPE: ("消息结构与映射不符", "the message is not built as its mapping says"),
    Why.ROWS: ("一条消息中的读数过多", "too many readings in one message"),
    Why.SERIES: ("没有对应的数据流", "there is no datastream for it"),
    Why.TIME: ("时间无法识别", "the time cannot be read"),
    Why.NUMBER: ("数值不是数字", "the value is not a number"),
    Why.FRAME: ("HJ 212 数据帧被拒绝", "the HJ 212 frame is refused"),
}


class Refused(Exception):
    """A whole message that is not taken. `what`: at most 40 characters of it."""

    def __init__(self, why: Why, what: object = "") -> None:
        self.why, self.what = why, str(what)[:40]
        super().__init__(f"{why}: {SAID[why][1]}{f' ({self.what})' if self.what else ''}")
