"""What the tables of personal rights keep of people."""

from typing import Final

from gezhi.lib.personal import (
    CONTACT,
    RIGHTS_DUTY,
    SIGN_IN,
    STORY,
    Grade,
    Held,
    Personal,
    Since,
    of_reporter,
    of_staff,
)

_RIGHTS: Final = ("rights",)

TAGS: Final[dict[str, Personal]] = {
    "rights_channel.number": of_reporter(
        "您登录用的手机号", "Number that you signed in with", CONTACT, Grade.SENSITIVE, RIGHTS_DUTY, _RIGHTS
    ),
    "rights_channel.digest": of_reporter(
        "该手机号的散列", "Hash of that number", CONTACT, Grade.INSIDE, RIGHTS_DUTY, _RIGHTS
    ),
    "rights_code.number": of_reporter(
        "索取验证码的手机号", "Number that a code was sent to", SIGN_IN, Grade.SENSITIVE, RIGHTS_DUTY, _RIGHTS
    ),
    "rights_code.digest": of_reporter(
        "该手机号的散列", "Hash of that number", SIGN_IN, Grade.INSIDE, RIGHTS_DUTY, _RIGHTS
    ),
    "rights_code.nonce": of_reporter(
        "验证码的随机数", "Nonce of a code", SIGN_IN, Grade.INSIDE, RIGHTS_DUTY, _RIGHTS
    ),
    "rights_request.wish": of_reporter(
        "您在权利请求里写的内容", "What you wrote in a request", STORY, basis=RIGHTS_DUTY, purpose=_RIGHTS
    ),
    "rights_request.paper": of_reporter(
        "窗口核对过的证件种类（不记号码）",
        "Kind of paper looked at by the counter (never its number)",
        STORY,
        Grade.INSIDE,
        RIGHTS_DUTY,
        _RIGHTS,
    ),
    "rights_request.standing": of_reporter(
        "替谁提出（本人、监护人等）", "For whom it was asked", STORY, Grade.INSIDE, RIGHTS_DUTY, _RIGHTS
    ),
    "rights_request.account_id": of_staff("窗口代为提出的人员", "Who took a request up at the counter"),
    "rights_erasure.account_id": of_staff("执行删除的人员", "Who erased"),
}
PLAIN: Final[dict[str, str]] = {
    "rights_request": "right outcome",
    "rights_erasure": "reports channel counts kept",
}
_OF_REQUEST: Final = (
    "(t.channel_id = %(channel)s OR t.report_id = ANY(%(reports)s) OR t.own_report_id = ANY(%(reports)s))"
)
HELD: Final[dict[str, Held]] = {
    "rights_channel": Held(
        name=("您登录用的手机号", "The number that you signed in with"),
        reporter="t.id = %(channel)s",
        begins={
            Since.CLOSED: "(SELECT CASE WHEN bool_or(r.done_at IS NULL) THEN NULL"
            " ELSE greatest(max(r.done_at), t.seen_at) END FROM rights_request r WHERE r.channel_id = t.id)"
        },
        blanks={"digest": "'gone-' || t.id"},
        context=("made_at", "seen_at"),
    ),
    "rights_code": Held(
        name=("验证码记录", "Codes that were sent"),
        reporter="t.digest = %(digest)s",
        begins={Since.ENDED: "t.expires_at"},
        delete=True,
        context=("made_at", "used_at", "sent_at"),
    ),
    "rights_request": Held(
        name=("您提过的权利请求", "Your requests"),
        reporter=_OF_REQUEST,
        staff="t.account_id = %(account)s",
        begins={Since.CLOSED: "t.done_at"},
        blanks={"standing": "''"},
        context=("case_id", "right", "at", "done_at", "outcome"),
    ),
    "rights_erasure": Held(
        staff="t.account_id = %(account)s",
        context=("at", "counts", "kept"),
    ),
}
