"""Why readings were not taken, in the page's language."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_LINE: Final = "line-"  # of connections, not of frames
REASONS: Final = {
    "unknown-series": gettext_lazy("没有登记的数据流"),
    "not-a-number": gettext_lazy("数值不是有限数（NaN、无穷大）"),
    "too-old": gettext_lazy("时间早于 2000 年（时钟没有设过）"),
    "from-the-future": gettext_lazy("时间超前 10 分钟以上（时钟错误）"),
    "too_long": gettext_lazy("帧或消息过长"),
    "start": gettext_lazy("帧头不对"),
    "length": gettext_lazy("长度与帧头所写不符"),
    "checksum": gettext_lazy("校验码不符"),
    "characters": gettext_lazy("含不允许的字符"),
    "header": gettext_lazy("数据段缺项"),
    "device": gettext_lazy("设备号不对"),
    "password": gettext_lazy("密码不对"),
    "station": gettext_lazy("没有登记的站点"),
    "command": gettext_lazy("命令编码不认识"),
    "flag": gettext_lazy("标志位不对"),
    "clock": gettext_lazy("请求时间不可信"),
    "cipher": gettext_lazy("密文解不开"),
    "split": gettext_lazy("拆分的包不全或不连续"),
    "content": gettext_lazy("数据区读不懂"),
    "factor": gettext_lazy("没有登记的因子"),
    "field": gettext_lazy("因子的字段不认识"),
    "time": gettext_lazy("时间写法不对"),
    "number": gettext_lazy("数值写法不对"),
    "mark": gettext_lazy("数据标记不认识"),
    "range": gettext_lazy("数值超出因子的范围"),
    "order": gettext_lazy("最小、平均、最大颠倒"),
    "full": gettext_lazy("平台一时收不下"),
    "topic": gettext_lazy("主题没有登记"),
    "attachment": gettext_lazy("附件不收"),
    "text": gettext_lazy("不是 UTF-8 文本"),
    "shape": gettext_lazy("消息结构读不懂"),
    "rows": gettext_lazy("一条消息的读数过多"),
    "series": gettext_lazy("没有登记的数据流"),
    "frame": gettext_lazy("帧残缺"),
    "unreadable": gettext_lazy("一行的时间或数值读不懂"),
    "body": gettext_lazy("整个请求读不懂"),
    "too-often": gettext_lazy("多数内容被拒，请求已限速"),
    "no-feature": gettext_lazy("设备没有位置，观测也没有写明对象"),
    "unknown-datastream": gettext_lazy("没有这个数据流，或不在其辖区内"),
    "bad": gettext_lazy("连续发来不合格的内容"),
    "address": gettext_lazy("同一地址连接过多"),
    "stuck": gettext_lazy("应答一直不取"),
}


def reason_words(reason: str) -> str:
    """The reason itself where nobody has words for it."""
    if reason.startswith(_LINE):
        return _("断开连接：%(why)s") % {"why": reason_words(reason.removeprefix(_LINE))}
    return str(REASONS.get(reason, reason))
