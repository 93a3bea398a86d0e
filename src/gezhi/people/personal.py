"""What the tables of people keep of staff, and of whom they looked up."""

from dataclasses import replace
from typing import Final

from gezhi.lib.personal import (
    IN_POST,
    LOGS,
    LOOKS,
    RECORD,
    SECURITY_DUTY,
    SERVICE,
    SUPERVISION_DUTY,
    Grade,
    Held,
    Personal,
    Retention,
    Since,
    in_words,
    of_staff,
)
from gezhi.people import personal_signing

_SECURITY: Final = ("security",)
_AUDIT: Final = ("audit", "security", "rights")


def _secret(zh: str, en: str) -> Personal:
    told = of_staff(zh, en, IN_POST, Grade.SENSITIVE, SECURITY_DUTY, _SECURITY)
    return replace(told, secret=True)


def _log(zh: str, en: str, retention: Retention, grade: Grade = Grade.PERSONAL) -> Personal:
    return of_staff(zh, en, retention, grade, SECURITY_DUTY, _AUDIT)


TAGS: Final[dict[str, Personal]] = {
    **personal_signing.TAGS,
    "people_account.username": of_staff("登录名", "User name", IN_POST),
    "people_account.name": of_staff("姓名", "Name", IN_POST),
    "people_account.name_en": of_staff("英文姓名", "Name in English", IN_POST),
    "people_account.password": _secret("密码的 Argon2 散列", "Argon2 hash of the password"),
    "people_post.account_id": of_staff("任职人员", "Who holds a post"),
    "people_post.role": of_staff("岗位", "Role of a post"),
    "people_apitoken.account_id": of_staff("接口密钥所属账户", "Whose key of the API it is", IN_POST),
    "people_apitoken.key_hash": _secret("接口密钥的散列", "Hash of a key of the API"),
    "people_signingkey.account_id": of_staff("签名密钥所属人员", "Whose signing key it is"),
    "people_signingkey.locked": _secret("加锁保存的签名私钥", "Secret half of a signing key, locked"),
    "people_listedition.account_id": of_staff("变更清单的人员", "Who changed the lists"),
    "people_contract.account_id": of_staff("登记合同的人员", "Who entered a contract"),
    "people_qualitymark.account_id": of_staff("评定质量的人员", "Who marked the quality"),
    "people_qualitymark.reason": in_words(
        "评定理由", "Why it was marked so", RECORD, SUPERVISION_DUTY, ("supervision",)
    ),
    "people_account.made_by_id": of_staff("开户人员", "Who opened the account"),
    "people_delegation.to_id": of_staff("代行岗位的人员", "Who stands in for a post"),
    "people_delegation.made_by_id": of_staff("作出委托的人员", "Who handed over a post"),
    "people_delegation.ended_by_id": of_staff("终止委托的人员", "Who ended a delegation"),
    "people_delegation.reason": in_words(
        "委托的理由", "Why a post was handed over", RECORD, SERVICE, ("supervision",)
    ),
    "people_nomination.account_id": of_staff("拟任人员", "Who is nominated for a post"),
    "people_nomination.asked_by_id": of_staff("提名人员", "Who nominated somebody"),
    "people_nomination.decided_by_id": of_staff("审批任职的人员", "Who decided about a nomination"),
    "people_nomination.reason": in_words(
        "提名的理由", "Why somebody is nominated", RECORD, SERVICE, ("supervision",)
    ),
    "people_nomination.words": in_words(
        "审批任职的意见", "What was said when deciding about a nomination", RECORD, SERVICE, ("supervision",)
    ),
    "people_breakglass.account_id": _log("应急查看人", "Who looked in an emergency", LOOKS, Grade.INSIDE),
    "people_breakglass.reviewed_by_id": _log("复核应急查看的人员", "Who reviewed an emergency look", LOOKS),
    "people_breakglass.reason": _log("应急查看的理由", "Why somebody looked in an emergency", LOOKS),
    "people_breakglass.words": _log("应急查看的复核意见", "What the review of an emergency look says", LOOKS),
    "people_breakglass.salt": _log(
        "应急查看理由存证用的盐值", "Salt of an emergency look's reason in the ledger", LOOKS, Grade.INSIDE
    ),
    "people_lookup.account_id": _log("查看人", "Who looked", LOOKS, Grade.INSIDE),
    "people_lookup.reason": _log("查看的理由", "Why somebody looked", LOOKS),
    "people_lookup.address": _log("查看时的网络地址", "Network address of a look", LOOKS),
    "people_lookup.salt": _log("查看记录存证用的盐值", "Salt of a look in the ledger", LOOKS, Grade.INSIDE),
    "people_signal.account_id": _log("安全信号涉及的人员", "Whom a security signal concerns", LOGS),
    "people_signal.address": _log("安全信号的网络地址", "Network address of a security signal", LOGS),
    "people_signal.facts": _log("安全信号的内容", "What a security signal says", LOGS),
    "people_signal.salt": _log("安全信号存证用的盐值", "Salt of a signal in the ledger", LOGS, Grade.INSIDE),
}
PLAIN: Final[dict[str, str]] = {
    **personal_signing.PLAIN,
    "people_unit": "code name name_en kind place_code functions",
    "people_post": "place_code",
    "people_apitoken": "name scopes",
    "people_signingkey": "key public held",
    "people_listedition": "basis case_number",
    "people_responsibility": "category source law article function",
    "people_admission": "category source law article place_code",
    "people_contract": (
        "number title places categories functions price_kind quality method candidates reason end_reason"
        " ordered_by_id"
    ),
    "people_nomination": "role place_code",
    "people_breakglass": "home_code place_code",
    "people_lookup": "purpose subject_kind place_code fields way request_id",
    "people_signal": "kind",
}
_BY: Final = "t.account_id = %(account)s"
HELD: Final[dict[str, Held]] = {
    **personal_signing.HELD,
    "people_account": Held(staff="t.id = %(account)s", context=("id", "is_active", "last_login")),
    "people_post": Held(staff=_BY, context=("unit_id", "role", "place_code", "valid_from", "valid_to")),
    "people_apitoken": Held(staff=_BY, context=("name", "scopes", "made_at", "expires_at")),
    "people_signingkey": Held(staff=_BY, context=("key", "held", "made_at", "ended_at")),
    "people_listedition": Held(staff=_BY, context=("number", "made_at")),
    "people_contract": Held(staff=_BY, context=("number", "signed_at")),
    "people_qualitymark": Held(
        staff=_BY, about="t.case_id = ANY(%(cases)s)", context=("case_id", "mark", "at")
    ),
    "people_delegation": Held(
        staff="%(account)s IN (t.to_id, t.made_by_id)",
        context=("post_id", "valid_from", "valid_to", "made_at", "ended_at"),
    ),
    "people_nomination": Held(
        staff=_BY, context=("unit_id", "role", "place_code", "asked_at", "decided_at", "granted")
    ),
    "people_breakglass": Held(
        staff=_BY,
        about="t.case_id = ANY(%(cases)s)",
        begins={Since.MADE: "t.at"},
        delete=True,
        context=("case_id", "place_code", "at", "until", "reviewed_at", "accepted"),
    ),
    "people_lookup": Held(
        names_in={"reason": "empty"},
        name=("谁查看过", "Who looked"),
        reporter=(
            "(t.subject_kind = 'report' AND t.subject_id = ANY(%(reports)s)"
            " OR t.case_id = ANY(%(cases)s) AND t.subject_kind <> 'report')"
        ),
        staff=_BY,
        begins={Since.MADE: "t.at"},
        delete=True,
        context=("at", "purpose", "subject_kind", "subject_id", "fields", "way"),
    ),
    "people_signal": Held(staff=_BY, begins={Since.MADE: "t.at"}, delete=True, context=("kind", "at")),
}
