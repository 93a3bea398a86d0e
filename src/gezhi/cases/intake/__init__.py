"""The one door: every report of every channel enters by `accept` (a batch) or `submit` (one, grouped with others)."""
