"""Which passwords are refused, in our words: short ones, those like the person's name, those that everybody tries first
at this place. Django's list holds what is common anywhere; none of it asks another host."""

from collections.abc import Sequence
from typing import Final

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


class OfNoUseHere:
    """Refuses passwords that hardly say more than the name of this place, and those that nobody types."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(word.casefold() for word in words if word)

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("密码太长，最多 %(n)s 个字符。") % {"n": LONGEST}, code="too_long")
        rest = password.casefold()
        for word in self.words:
            rest = rest.replace(word, "")
        if rest != password.casefold() and sum(map(str.isalpha, rest)) < 4:
            raise ValidationError(
                _("密码里除了本地的名称几乎没有别的，别人很容易猜到。"), code="of_this_place"
            )

    def get_help_text(self) -> str:
        return _("不要只是本地的名称加几个数字，也不要用常见的密码。")


_OURS: Final = (LongEnough, UnlikeTheName, OfNoUseHere)
