"""Writes of sensing."""
