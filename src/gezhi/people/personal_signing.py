"""What the tables of signing in keep of people. Joined with those of people in `personal.py`."""

from typing import Final

from gezhi.lib.personal import IN_POST, LOGS, SECURITY_DUTY, SIGN_IN, Grade, Held, Personal, Since, of_staff

_SECURITY: Final = ("security",)
_OWN: Final = ("security", "rights")


def _sign_in(zh: str, en: str, grade: Grade = Grade.PERSONAL) -> Personal:
    return of_staff(zh, en, SIGN_IN, grade, SECURITY_DUTY, _OWN)


def _log(zh: str, en: str, grade: Grade = Grade.PERSONAL) -> Personal:
    return of_staff(zh, en, LOGS, grade, SECURITY_DUTY, _SECURITY)


def _kept(zh: str, en: str, grade: Grade) -> Personal:
    return of_staff(zh, en, IN_POST, grade, SECURITY_DUTY, _SECURITY)


def _secret(zh: str, en: str) -> Personal:
    return of_staff(zh, en, SIGN_IN, Grade.SENSITIVE, SECURITY_DUTY, _SECURITY)


TAGS: Final[dict[str, Personal]] = {
    "people_session.session_key": _secret("登录会话编号的散列", "Hash of the key of an open browser"),
    "people_session.session_data": _sign_in(
        "登录会话内容（登录方式、最近查过的查询码）",
        "What an open browser remembers (sign-in, codes looked up)",
    ),
    "people_session.account_id": _sign_in("登录的人员", "Who is signed in", Grade.INSIDE),
    "people_session.address": _sign_in("登录的网络地址", "Network address of a sign-in"),
    "people_session.device": _sign_in("登录的设备", "Device of a sign-in"),
    "people_session.provider_session": _secret(
        "身份认证会话的散列", "Hash of a session at the identity provider"
    ),
    "people_knownaddress.account_id": _log(
        "从已知地址登录的人员", "Who signed in from an address", Grade.INSIDE
    ),
    "people_knownaddress.address": _log("曾登录的网络地址的散列", "Hash of an address of earlier sign-ins"),
    "people_passwordlink.account_id": _sign_in("重设密码的人员", "Whose password a link sets", Grade.INSIDE),
    "people_passwordlink.made_by": _sign_in(
        "给出重设链接的人员", "Who made a link to set a password", Grade.INSIDE
    ),
    "people_passwordlink.key_hash": _secret("重设密码链接的散列", "Hash of a link that sets a password"),
    "mfa_authenticator.data": _kept(
        "第二步验证的密文或公钥", "Sealed secret or public key of a second factor", Grade.SENSITIVE
    ),
    "socialaccount_socialaccount.uid": _kept(
        "统一身份认证编号的散列", "Hash of the subject at the identity provider", Grade.PERSONAL
    ),
}
PLAIN: Final[dict[str, str]] = {
    "people_trycount": "key tries",  # an HMAC of a name or address
    "mfa_authenticator": "type",
    "socialaccount_socialaccount": "provider extra_data",  # nothing is put into the latter
    # Tables of django-allauth that this node leaves empty.
    "account_emailaddress": "email",
    "account_emailconfirmation": "key",
    "socialaccount_socialapp": "provider provider_id name client_id secret key settings",
    "socialaccount_socialtoken": "token token_secret account_id",
}
_BY: Final = "t.account_id = %(account)s"
_USER: Final = "t.user_id = %(account)s"
HELD: Final[dict[str, Held]] = {
    "people_session": Held(
        staff=_BY, begins={Since.ENDED: "t.expire_date"}, delete=True, context=("begun_at", "seen_at")
    ),
    "people_knownaddress": Held(staff=_BY, begins={Since.MADE: "t.at"}, delete=True, context=("at",)),
    "people_passwordlink": Held(
        staff=_BY, begins={Since.ENDED: "t.expires_at"}, delete=True, context=("made_at", "used_at")
    ),
    "mfa_authenticator": Held(staff=_USER, delete=True, context=("type", "created_at", "last_used_at")),
    "socialaccount_socialaccount": Held(staff=_USER, delete=True, context=("provider", "date_joined")),
}
