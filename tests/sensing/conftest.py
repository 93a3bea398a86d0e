"""Browsers of the cast for the pages of sensing."""

from tests.desk.conftest import signed_in

__all__ = ["signed_in"]
