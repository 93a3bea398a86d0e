"""Writing of security: exports, warnings, what people do with them."""

from gezhi.security.actions.answering import acknowledge, mute, open_case
from gezhi.security.actions.exporting import record_export
from gezhi.security.actions.node import notice_state, verify_ledger
from gezhi.security.actions.taking_up import take_up_warnings
from gezhi.security.actions.watching import watch

__all__ = [
    "acknowledge",
    "mute",
    "notice_state",
    "open_case",
    "record_export",
    "take_up_warnings",
    "verify_ledger",
    "watch",
]
