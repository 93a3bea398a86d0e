"""Writing to the ledger, and giving what is written its place in the tree."""

from gezhi.ledger.actions.recording import configurings, record, record_many

__all__ = ["configurings", "record", "record_many"]
