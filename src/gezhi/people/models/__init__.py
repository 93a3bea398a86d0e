"""Accounts, units, posts and keys; duty and admission lists; contracts; who looked at personal data; signing in."""

from gezhi.people.models.contracts import Contract, PriceKind, Purchase, QualityMark
from gezhi.people.models.keys import SigningKey
from gezhi.people.models.lists import Admission, ListEdition, ListRow, Responsibility
from gezhi.people.models.looking import Lookup, Signal
from gezhi.people.models.powers import BreakGlass, Delegation, Nomination
from gezhi.people.models.signing import KnownAddress, PasswordLink, Session, TryCount
from gezhi.people.models.staff import Account, AccountManager, ApiToken, Post, Role, Unit, UnitKind

__all__ = [
    "Account",
    "AccountManager",
    "Admission",
    "ApiToken",
    "BreakGlass",
    "Contract",
    "Delegation",
    "KnownAddress",
    "ListEdition",
    "ListRow",
    "Lookup",
    "Nomination",
    "PasswordLink",
    "Post",
    "PriceKind",
    "Purchase",
    "QualityMark",
    "Responsibility",
    "Role",
    "Session",
    "Signal",
    "SigningKey",
    "TryCount",
    "Unit",
    "UnitKind",
]
