"""The columns of a table, as the database knows them."""

from functools import cache

from gezhi.rights.queries.sql import rows_of
from gezhi.rights.wiping import Column

_COLUMNS = """
SELECT column_name, data_type, is_nullable = 'YES' FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s
"""


@cache
def columns_of(table: str) -> dict[str, Column]:
    """Read once by each process: columns change with a release only."""
    rows = rows_of(_COLUMNS, [table])
    return {name: Column(name, kind, nullable) for name, kind, nullable in rows}
