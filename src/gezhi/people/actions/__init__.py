"""Changing people: accounts, units, posts, keys, duty and admission lists, contracts."""

from gezhi.people.actions.contracts import end_contract, mark_quality, publish_purchase, sign_contract
from gezhi.people.actions.lists import (
    apply_list_change,
    import_admissions,
    import_duties,
    publish_admission_list,
    publish_duty_list,
)
from gezhi.people.actions.looking import record_lookup, record_lookups, record_signal
from gezhi.people.actions.staff import (
    appoint,
    end_posts,
    hash_key,
    import_posts,
    import_units,
    issue_token,
    load_people,
    open_account,
    set_password,
    withdraw_token,
)

__all__ = [
    "apply_list_change",
    "appoint",
    "end_contract",
    "end_posts",
    "hash_key",
    "import_admissions",
    "import_duties",
    "import_posts",
    "import_units",
    "issue_token",
    "load_people",
    "mark_quality",
    "open_account",
    "publish_admission_list",
    "publish_duty_list",
    "publish_purchase",
    "record_lookup",
    "record_lookups",
    "record_signal",
    "set_password",
    "sign_contract",
    "withdraw_token",
]
