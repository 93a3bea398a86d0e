"""What only the owner of the tables may do: empty them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from gezhi.config.roles import OWNER


@contextmanager
def owning() -> Iterator[None]:
    """The test's connection acts as the owner of the tables, where the tests made the roles themselves."""
    if not os.environ.get("GEZHI_OWNER_URL"):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {OWNER}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
