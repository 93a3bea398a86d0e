"""What insight writes: tallies, appeals, bulletins."""
