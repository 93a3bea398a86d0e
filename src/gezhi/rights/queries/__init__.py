"""Reading what is held of a person."""
