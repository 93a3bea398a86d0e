"""What may matter for security: the closed list of signals, what each says and what it counts. Pure.

A signal tells of an event at an account, an address or the node; never of what somebody is like.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SignalKind:
    """`facts`: whole numbers in it that rules may sum, such as the rows of an export."""

    key: str
    zh: str
    en: str
    facts: tuple[str, ...] = ()


SIGNALS: Final[dict[str, SignalKind]] = {
    one.key: one
    for one in (
        SignalKind("export", "导出文件", "A file was exported", ("rows",)),
        SignalKind("refused", "请求被拒绝", "Requests were refused", ("count",)),
        SignalKind("wrong-key", "接口密钥错误", "Wrong keys of the API", ("count",)),
        SignalKind("csp-report", "页面安全策略告警", "A page broke its content policy", ("count",)),
        SignalKind("ledger-broken", "存证链核对不符", "The ledger does not verify"),
        SignalKind("timestamp-stale", "可信时间戳过期", "Trusted timestamps are stale", ("minutes",)),
        SignalKind("witness-stale", "见证过期", "Witnesses are stale", ("minutes",)),
        SignalKind("backup-stale", "备份过期", "Backups are stale", ("minutes",)),
        SignalKind("restore-failed", "恢复演练失败", "A restore drill failed"),
        SignalKind("disk-full", "磁盘将满", "The disk is nearly full", ("percent",)),
        SignalKind("workers-silent", "作业进程无响应", "Workers are silent", ("minutes",)),
        SignalKind("jobs-failed", "作业失败", "Jobs failed", ("count",)),
        SignalKind("jobs-late", "作业积压", "Jobs are late", ("count",)),
        SignalKind("outside-attack", "外部设备告警：攻击", "From outside: an attack", ("count",)),
        SignalKind("outside-malware", "外部设备告警：恶意程序", "From outside: malware", ("count",)),
        SignalKind("outside-fault", "外部设备告警：故障", "From outside: a fault", ("count",)),
    )
}
OUTSIDE: Final = tuple(key for key in SIGNALS if key.startswith("outside-"))  # what other systems may send
