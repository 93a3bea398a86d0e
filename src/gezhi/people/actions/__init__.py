"""Changing people: accounts, units, posts, keys, duty and admission lists, contracts."""

from gezhi.people.actions.contracts import end_contract, mark_quality, publish_purchase, sign_contract
from gezhi.people.actions.glass import end_glass, mark_late_reviews, review_glass
from gezhi.people.actions.lists import (
    apply_list_change,
    import_admissions,
    import_duties,
    publish_admission_list,
    publish_duty_list,
)
from gezhi.people.actions.looking import record_audit_look, record_lookup, record_lookups, record_signal
from gezhi.people.actions.powers import (
    Wanted,
    decide_nomination,
    delegate,
    end_delegation,
    end_post,
    nominate,
)
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
    "Wanted",
    "apply_list_change",
    "appoint",
    "decide_nomination",
    "delegate",
    "end_contract",
    "end_delegation",
    "end_glass",
    "end_post",
    "end_posts",
    "hash_key",
    "import_admissions",
    "import_duties",
    "import_posts",
    "import_units",
    "issue_token",
    "load_people",
    "mark_late_reviews",
    "mark_quality",
    "nominate",
    "open_account",
    "publish_admission_list",
    "publish_duty_list",
    "publish_purchase",
    "record_audit_look",
    "record_lookup",
    "record_lookups",
    "record_signal",
    "review_glass",
    "set_password",
    "sign_contract",
    "withdraw_token",
]
