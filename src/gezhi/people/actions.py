"""Changing people: accounts, units, posts, duty and admission lists, keys."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.models import Account, Admission, ApiToken, Post, Responsibility, Unit


@transaction.atomic
def open_account(
    username: str, name: str, password: str | None, *, name_en: str = "", is_system: bool = False
) -> Account:
    """`password` None: the account cannot sign in."""
    account = Account(username=username, name=name, name_en=name_en, is_system=is_system)
    account.set_password(password)
    account.save()
    record("people.account-opened", f"account:{account.pk}", {"username": username, "system": is_system})
    return account


@transaction.atomic
def set_password(account: Account, password: str) -> None:
    account.set_password(password)
    account.save(update_fields=["password"])
    record("people.password-set", f"account:{account.pk}", {})


@transaction.atomic
def load_people(accounts: Sequence[Account], units: Sequence[Unit], posts: Sequence[Post]) -> None:
    """Many at once, new ones only; posts may point at the units and accounts given with them."""
    Unit.objects.bulk_create(units, batch_size=2000)
    Account.objects.bulk_create(accounts, batch_size=2000)
    Post.objects.bulk_create(posts, batch_size=2000)
    facts = {"accounts": len(accounts), "units": len(units), "posts": len(posts)}
    record("people.loaded", "people", facts, configures=True)


@transaction.atomic
def appoint(
    account: Account, unit: Unit, role: str, place_code: str, valid_from: date, valid_to: date | None = None
) -> Post:
    post = Post.objects.create(
        account=account, unit=unit, role=role, place_code=place_code, valid_from=valid_from, valid_to=valid_to
    )
    facts: dict[str, Fact] = {
        "account": account.pk,
        "unit": unit.code,
        "role": role,
        "place": place_code,
        "from": valid_from.isoformat(),
    }
    record("people.appointed", f"post:{post.pk}", facts, configures=True)
    return post


@transaction.atomic
def publish_duty_list(rows: Iterable[Responsibility], source: str) -> None:
    """Rows of one list; rows already known by (category, level, day) are replaced."""
    Responsibility.objects.bulk_create(
        list(rows),
        update_conflicts=True,
        unique_fields=["category", "level", "valid_from"],
        update_fields=["function", "valid_to", "source"],
    )
    record("people.duty-list", "people", {"source": source}, configures=True)


@transaction.atomic
def publish_admission_list(rows: Iterable[Admission], source: str) -> None:
    Admission.objects.bulk_create(
        list(rows),
        update_conflicts=True,
        unique_fields=["category", "place_code", "valid_from"],
        update_fields=["admitted", "valid_to", "source"],
    )
    record("people.admission-list", "people", {"source": source}, configures=True)


@transaction.atomic
def issue_token(account: Account, name: str, scopes: Sequence[str], now: datetime, days: int = 365) -> str:
    """The key, shown this once; only its hash is kept."""
    key = "gz_" + secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=days)
    token = ApiToken.objects.create(
        account=account,
        name=name,
        key_hash=hash_key(key),
        scopes=list(scopes),
        made_at=now,
        expires_at=expires_at,
    )
    facts: dict[str, Fact] = {
        "account": account.pk,
        "scopes": list(scopes),
        "until": expires_at.date().isoformat(),
    }
    record("people.token-issued", f"token:{token.pk}", facts)
    return key


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
