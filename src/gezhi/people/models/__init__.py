"""Accounts, units, posts and keys; duty and admission lists; contracts."""

from gezhi.people.models.contracts import Contract, PriceKind, Purchase, QualityMark
from gezhi.people.models.lists import Admission, ListEdition, ListRow, Responsibility
from gezhi.people.models.staff import Account, AccountManager, ApiToken, Post, Role, Unit, UnitKind

__all__ = [
    "Account",
    "AccountManager",
    "Admission",
    "ApiToken",
    "Contract",
    "ListEdition",
    "ListRow",
    "Post",
    "PriceKind",
    "Purchase",
    "QualityMark",
    "Responsibility",
    "Role",
    "Unit",
    "UnitKind",
]
