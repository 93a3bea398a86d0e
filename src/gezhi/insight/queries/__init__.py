"""What insight reads: figures, their cases, appeals, bulletins."""
