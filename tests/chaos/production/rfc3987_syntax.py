"""In the way of a package that only developers have, which costs every process a second to begin."""

raise ImportError
