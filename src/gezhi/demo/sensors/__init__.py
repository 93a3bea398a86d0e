"""Devices of an invented city: real shapes of readings, and faults, through every way in."""
