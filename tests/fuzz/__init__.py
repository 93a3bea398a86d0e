"""Every parser of ours is given what nobody should send: `python -m tests.fuzz --seconds N`."""
