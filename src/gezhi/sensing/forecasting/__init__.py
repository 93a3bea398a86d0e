"""What the next hours of a series will bring, and what of the present cannot be: decisions over arrays, no tables."""
