"""Why an act with legal effect cannot be done or signed now, in words. Pure."""

from typing import Final

from gezhi.ledger.freshness import TIMESTAMP, Freshness
from gezhi.lib.refused import Refused

STALE: Final = "-stale"


def too_late(lag: Freshness) -> Refused:
    """Of an act with legal effect while outside proofs are stale."""
    minutes = lag.minutes
    what_zh, what_en = ("时间戳", "timestamps") if lag.kind == TIMESTAMP else ("外部见证", "witnesses")
    return Refused(
        f"{lag.kind}{STALE}",
        f"存证链的{what_zh}已滞后 {minutes} 分钟，核查、结案、审批和出具文书暂停，恢复后再办。"
        "受理、派遣、处置、答复等其他步骤照常。请告知管理员。",
        f"The ledger's {what_en} lag by {minutes} minutes, so deciding, verifying, closing and issuing documents "
        "wait until they come again. Accepting, dispatching, handling and answering go on. Tell the administrator.",
    )


def waits(refused: Refused) -> bool:
    """Whether it was refused only until others vouch for the ledger again."""
    return refused.code.endswith(STALE)


def own_key_needed() -> Refused:
    return Refused(
        "own-key-needed",
        "您登记了只用自持密钥签名：此步骤请由接口取得待签内容，用您的密钥签名后提交；或者先终止自持密钥。",
        "You sign with your own key alone: take this step by the API, which gives the body to sign, or end that key.",
    )


def no_signing_key() -> Refused:
    return Refused(
        "no-signing-key",
        "服务器的签名密钥无法读取，核查、结案、审批和出具文书暂不能办理；其他步骤照常。请告知管理员。",
        "The server's lock for signing keys cannot be read, so deciding, verifying, closing and issuing documents "
        "wait. All other steps go on. Tell the administrator.",
    )


def wrong_signature(why: str) -> Refused:
    return Refused(
        "wrong-signature",
        "签名与待签内容不符，或案件在此期间有变化。请重新取得待签内容后再签。",
        f"{why} Ask for the body again and sign that.",
    )
