"""Reading what belongs to signing in: open browsers, links, known addresses."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from gezhi.people.models import Account, ApiToken, KnownAddress, PasswordLink, Post, Session
from gezhi.people.signing_in.counting import hidden


def key_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_at_home(name: str, address: str) -> bool:
    """Whether the account of this name has signed in from this address before. One statement, known name or not."""
    return KnownAddress.objects.filter(account__username=name, address=hidden("home", address)).exists()


def sessions_of(account_id: int, now: datetime, idle_since: datetime) -> QuerySet[Session]:
    """Those that are open, the last used first."""
    open_ones = Session.objects.filter(account_id=account_id, expire_date__gt=now, seen_at__gt=idle_since)
    columns = ("session_key", "begun_at", "seen_at", "address", "device", "expire_date")
    return open_ones.only(*columns).order_by("-seen_at")


def link_with(secret: str, now: datetime) -> PasswordLink | None:
    """One that still opens something."""
    found = PasswordLink.objects.select_related("account").filter(
        key_hash=key_hash(secret), used_at=None, expires_at__gt=now, account__is_active=True
    )
    return found.first()


def tokens_of(account_id: int) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(account_id=account_id).order_by("-id")


def people_found(text: str, standing: str) -> QuerySet[Account]:
    """Accounts whose username or name holds the text. `standing`: "closed", "systems", "" for people in service."""
    named = Account.objects.filter(Q(username__icontains=text) | Q(name__icontains=text))
    if standing == "systems":
        return named.filter(is_system=True).order_by("username")
    return named.filter(is_system=False, is_active=standing != "closed").order_by("username")


def posts_from(account_ids: Sequence[int], day: date) -> dict[int, list[Post]]:
    """The posts that are held on the day or will be later, by account. One statement."""
    posts = Post.objects.filter(account_id__in=account_ids).exclude(valid_to__lte=day)
    found: dict[int, list[Post]] = {}
    for post in posts.select_related("unit").order_by("valid_from", "id"):
        found.setdefault(post.account_id, []).append(post)
    return found
