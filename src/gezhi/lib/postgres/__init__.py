"""Django's PostgreSQL back end, with a reach (gezhi.lib.reach) that every session is told of."""
