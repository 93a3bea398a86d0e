"""Changing people: accounts, units, posts, keys."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import Q

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people import queries
from gezhi.people.actions.ending import forget_sessions
from gezhi.people.actions.looking import raise_signal
from gezhi.people.duties_apart import GUARDED
from gezhi.people.models import Account, ApiToken, PasswordLink, Post, Unit
from gezhi.people.signing_in.policy import LONGEST, SCOPES
from gezhi.people.staffing import Changes, PostRow, R, UnitRow


@transaction.atomic
def open_account(
    username: str,
    name: str,
    password: str | None,
    *,
    name_en: str = "",
    is_system: bool = False,
    by: int | None = None,
) -> Account:
    """`password` None: the account cannot sign in."""
    account = Account(username=username, name=name, name_en=name_en, is_system=is_system, made_by_id=by)
    account.set_password(password)
    account.save()
    record(
        "people.account-opened",
        f"account:{account.pk}",
        {"username": username, "system": is_system, "by": by},
    )
    return account


@transaction.atomic
def set_password(account: Account, password: str) -> None:
    """By an administrator's command. Open browsers end; links to set a password are void."""
    account.set_password(password)
    account.save(update_fields=["password"])
    PasswordLink.objects.filter(account=account, used_at=None).delete()
    forget_sessions([account.pk])
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
def import_units(rows: Sequence[UnitRow], source: str) -> Changes[UnitRow]:
    """Units by code. A list that changes nothing leaves no entry; so do the other lists."""
    changes = queries.unit_changes(rows)
    Unit.objects.bulk_create(
        [Unit(**{**asdict(row), "functions": list(row.functions)}) for row in changes.rows],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_en", "place_code", "functions", "kind"],
    )
    record_import("people.units-imported", changes, source)
    return changes


@transaction.atomic
def import_posts(rows: Sequence[PostRow], source: str) -> Changes[PostRow]:
    """Posts by person, unit, role, place and first day; opens the accounts that lack, without password. Whoever's posts
    change signs in anew."""
    take_turns("people_post")
    changes = queries.post_changes(rows)
    accounts = _accounts_named({row.username: row.name for row in changes.rows})
    units = queries.unit_ids()
    Post.objects.bulk_create([_post(row, accounts, units) for row in changes.new], batch_size=2000)
    for row in changes.changed:
        same = Post.objects.filter(
            account__username=row.username, unit__code=row.unit_code, role=row.role,
            place_code=row.place_code, valid_from=row.valid_from,
        )  # fmt: skip
        same.update(valid_to=row.valid_to)
    forget_sessions({accounts[row.username] for row in changes.rows})
    record_import("people.posts-imported", changes, source)
    for row in changes.new:
        if row.role in GUARDED:
            told: dict[str, Fact] = {"role": row.role, "place": row.place_code}
            raise_signal("post-by-command", accounts[row.username], "", told)
    return changes


def take_turns(table: str) -> None:
    """For a table whose rows have no key of their own: two imports of one list must not both add it."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def _accounts_named(names: Mapping[str, str]) -> dict[str, int]:
    """Ids by username, of accounts that are made or called so."""
    Account.objects.bulk_create(
        [Account(username=key, name=name, password=make_password(None)) for key, name in names.items()],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["username"],
        update_fields=["name"],
    )
    return dict(Account.objects.filter(username__in=list(names)).values_list("username", "id"))


def _post(row: PostRow, accounts: Mapping[str, int], units: Mapping[str, int]) -> Post:
    return Post(
        account_id=accounts[row.username],
        unit_id=units[row.unit_code],
        role=row.role,
        place_code=row.place_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def record_import(kind: str, changes: Changes[R], source: str) -> None:
    if changes.rows:
        facts: dict[str, Fact] = {"source": source, "new": len(changes.new), "changed": len(changes.changed)}
        record(kind, "people", facts, configures=True)


@transaction.atomic
def appoint(
    account: Account,
    unit: Unit,
    role: str,
    place_code: str,
    valid_from: date,
    valid_to: date | None = None,
    *,
    by: int | None = None,
) -> Post:
    """The person's open browsers end: with other posts they sign in anew. `by`: whoever gives the post; None: a
    command. One of leader, auditor or administrator that a command gives passes no second person, so that is a
    signal."""
    post = Post.objects.create(
        account=account, unit=unit, role=role, place_code=place_code, valid_from=valid_from, valid_to=valid_to
    )
    forget_sessions([account.pk])
    facts: dict[str, Fact] = {
        "account": account.pk,
        "unit": unit.code,
        "role": role,
        "place": place_code,
        "from": valid_from.isoformat(),
        "by": by,
    }
    record("people.appointed", f"post:{post.pk}", facts, configures=True)
    if by is None and role in GUARDED:
        raise_signal("post-by-command", account.pk, "", {"role": role, "place": place_code})
    return post


@transaction.atomic
def end_posts(posts: Sequence[int], day: date, *, by: int | None = None) -> None:
    """By id. From that day on they are not held; one that would not have had a single day is taken back. Open browsers
    of those who held them end."""
    chosen = Post.objects.filter(id__in=posts)
    forget_sessions(set(chosen.values_list("account_id", flat=True)))
    chosen.filter(valid_from__gte=day).delete()
    chosen.filter(Q(valid_to=None) | Q(valid_to__gt=day)).update(valid_to=day)
    facts: dict[str, Fact] = {"posts": list(posts), "on": day.isoformat(), "by": by}
    record("people.posts-ended", "people", facts, configures=True)


@transaction.atomic
def issue_token(account: Account, name: str, scopes: Sequence[str], now: datetime, days: int = 365) -> str:
    """The key, shown this once; only its hash is kept. Raises ValueError for a term or scope that no key may have."""
    if not 1 <= days <= LONGEST or not scopes or not set(scopes) <= set(SCOPES):
        raise ValueError(f"A key lasts 1 to {LONGEST} days and has one or more of {', '.join(SCOPES)}.")
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


@transaction.atomic
def withdraw_token(token: ApiToken, now: datetime) -> None:
    """The key ends now; its row stays. Every process hears of it within a second."""
    token.expires_at = now
    token.save(update_fields=["expires_at"])
    facts: dict[str, Fact] = {"account": token.account_id}
    record("people.token-withdrawn", f"token:{token.pk}", facts, configures=True)


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
