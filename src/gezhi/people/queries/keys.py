"""Reading the signing keys of persons."""

from collections.abc import Collection, Mapping

from gezhi.people.models import SigningKey


def keys_of(account_id: int) -> list[SigningKey]:
    """The newest first, ended ones too."""
    return list(SigningKey.objects.filter(account_id=account_id).order_by("-id"))


def keys_named(keys: Collection[str]) -> Mapping[str, SigningKey]:
    """By their names, with the account."""
    found = SigningKey.objects.filter(key__in=keys).select_related("account") if keys else ()
    return {one.key: one for one in found}


def keys_in_force(username: str | None = None) -> list[SigningKey]:
    """Of everybody, or of one account; with the account."""
    found = SigningKey.objects.filter(ended_at=None).select_related("account")
    return list(
        (found.filter(account__username=username) if username else found).order_by("account_id", "held")
    )
