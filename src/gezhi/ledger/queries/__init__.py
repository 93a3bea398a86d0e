"""Reading the ledger."""

from gezhi.ledger.queries.log import (
    STAMP,
    configuration_stamp,
    keys_at,
    keys_folder,
    listed_keys,
    log_folder,
    newest_checkpoint,
    numbered,
    origin,
    put_out_size,
)
from gezhi.ledger.queries.verifying import Verdict, verify

__all__ = [
    "STAMP",
    "Verdict",
    "configuration_stamp",
    "keys_at",
    "keys_folder",
    "listed_keys",
    "log_folder",
    "newest_checkpoint",
    "numbered",
    "origin",
    "put_out_size",
    "verify",
]
