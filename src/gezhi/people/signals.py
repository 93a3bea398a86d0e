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
        SignalKind("sign-in-failed", "登录失败", "A sign-in failed"),
        SignalKind("locked-out", "账户被锁定", "An account was locked"),
        SignalKind("signed-in-from-new-address", "从新地址登录", "Signed in from a new address"),
        SignalKind("bulk-read", "批量查看个人信息", "Personal data of many was read"),
        SignalKind("odd-hour-unmasking", "夜间解除遮挡", "A mask was lifted at night"),
        SignalKind("break-glass", "紧急查看", "A case was opened in an emergency"),
        SignalKind(
            "break-glass-review-overdue", "紧急查看逾期未复核", "An emergency look was not reviewed in time"
        ),
        SignalKind("post-by-command", "命令行授予重要岗位", "A command gave a guarded post"),
        SignalKind("auditor-post-ended", "审计岗位被终止", "An auditor's post was ended"),
        SignalKind("export", "导出文件", "A file was exported", ("rows",)),
        SignalKind("api-read", "接口批量读取", "A list was read by key", ("rows",)),
        SignalKind("refused", "请求被拒绝", "Requests were refused", ("count",)),
        SignalKind("wrong-key", "接口密钥错误", "Wrong keys of the API", ("count",)),
        SignalKind("csp-report", "页面安全策略告警", "A page broke its content policy", ("count",)),
        SignalKind("ledger-broken", "存证链核对不符", "The ledger does not verify", ("count",)),
        SignalKind("timestamp-stale", "可信时间戳过期", "Trusted timestamps are stale", ("minutes",)),
        SignalKind("witness-stale", "见证过期", "Witnesses are stale", ("minutes",)),
        SignalKind(
            "clock-drift",
            "本机时钟与时间戳机构不一致",
            "The clock differs from the authority's",
            ("seconds",),
        ),
        SignalKind(
            "ledger-late", "存证未及时入链", "Entries wait for their place in the ledger", ("minutes",)
        ),
        SignalKind("backup.stale", "备份过期", "Backups are stale"),
        SignalKind("backup.drill-failed", "恢复演练失败", "A restore drill failed"),
        SignalKind("backup.drill-stale", "久未做恢复演练", "No restore drill for long"),
        SignalKind("rights-code-wrong", "权利请求验证码错误", "Wrong codes for a personal request"),
        SignalKind("disk-full", "磁盘将满", "The disk is nearly full", ("percent",)),
        SignalKind("workers-silent", "作业进程无响应", "Workers are silent", ("count",)),
        SignalKind("jobs-failed", "作业失败", "Jobs failed", ("count",)),
        SignalKind("jobs-late", "作业积压", "Jobs are late", ("count",)),
        SignalKind("outside-attack", "外部设备告警：攻击", "From outside: an attack", ("count",)),
        SignalKind("outside-malware", "外部设备告警：恶意程序", "From outside: malware", ("count",)),
        SignalKind("outside-fault", "外部设备告警：故障", "From outside: a fault", ("count",)),
    )
}
OUTSIDE: Final = tuple(key for key in SIGNALS if key.startswith("outside-"))  # what other systems may send
