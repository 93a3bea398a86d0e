"""The node's back end, but that tables are emptied as their owner after a test that commits."""
