"""Acting on personal rights."""

from gezhi.rights.actions.asking import open_request
from gezhi.rights.actions.carrying import carry_out, carry_out_when_fresh, forget_request
from gezhi.rights.actions.contact import correct_contact
from gezhi.rights.actions.copying import take_copy
from gezhi.rights.actions.erasing import erase, replay
from gezhi.rights.actions.keeping import keep_no_longer
from gezhi.rights.actions.signing import ask_code, send_code, try_code

__all__ = [
    "ask_code",
    "carry_out",
    "carry_out_when_fresh",
    "correct_contact",
    "erase",
    "forget_request",
    "keep_no_longer",
    "open_request",
    "replay",
    "send_code",
    "take_copy",
    "try_code",
]
