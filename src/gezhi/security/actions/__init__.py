"""Writing of security: exports, warnings, outside signals."""

from gezhi.security.actions.exporting import record_export

__all__ = ["record_export"]
