"""The walls that the database itself holds: what the application's role may do, and the key of its reach.

Settled by the tables' owner whenever the tables, the role or the key changed. Append-only tables grow and do nothing
else: the role can neither change nor remove their rows, but for the columns named here. Lasting ones only lose rows,
by retention.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.db import connection

from gezhi.config.database import connection_settings
from gezhi.lib.reach import EVERYTHING, key_from, pads_of, within

APPEND_ONLY: Final[Mapping[str, Sequence[str]]] = {  # table -> columns that may change later
    "cases_caseevent": ("text", "facts", "salt"),  # what erasing empties
    "ledger_entry": ("tree_index",),
    "ledger_checkpoint": ("note",),  # lines of witnesses come below
    "ledger_timestamp": (),
    "ledger_logfault": (),
    "rights_erasure": (),
}
LASTING: Final[Mapping[str, Sequence[str]]] = {  # likewise; but rows go when they were kept long enough
    "people_lookup": (
        "reason",
        "address",
        "salt",
    ),  # a trigger lets these be emptied only, and no row go early
    "people_signal": ("facts", "address", "salt"),  # likewise
    "people_breakglass": (
        "ended_at",
        "late_at",
        "reviewed_at",
        "reviewed_by_id",
        "accepted",
        "words",
        "reason",
        "salt",
    ),
    "security_export": ("filters", "address"),
}
BEHIND: Final = ("cases_reporter", "notices_notice", "rounds_subject", "rounds_known")
SHAPE: Final = """
SELECT current_user, (SELECT settled FROM gezhi_wall),
    (SELECT string_agg(relname::text, ',' ORDER BY relname) FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S'))
"""
FAULTS: Final = """
SELECT r.rolsuper, r.rolbypassrls,
    (SELECT bool_or(pg_has_role(c.relowner, 'USAGE')) FROM pg_class c WHERE c.oid = ANY(%s::regclass[])),
    (SELECT bool_and(c.relrowsecurity AND c.relforcerowsecurity) FROM pg_class c WHERE c.oid = ANY(%s::regclass[])),
    has_table_privilege('ledger_entry', 'DELETE') OR has_table_privilege('ledger_entry', 'TRUNCATE')
FROM pg_roles r WHERE r.rolname = current_user
"""


def owner_settings() -> Mapping[str, object]:
    """How the owner connects; empty where nobody said."""
    url = os.environ.get("GEZHI_OWNER_URL", "")
    return connection_settings(url) if url else {}


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside the block this thread's connection to the node's database is the owner's, where one is named; for the
    time before other threads begin."""
    theirs, held = owner_settings(), connection.settings_dict
    ours = {name: held[name] for name in ("USER", "PASSWORD", "OPTIONS")}
    if not theirs or theirs["USER"] == ours["USER"]:
        yield
        return
    connection.close()
    held.update({name: theirs[name] for name in ours})
    try:
        yield
    finally:
        connection.close()
        held.update(ours)


def settle_walls() -> None:
    """What the role may do and the key of its reach, where they are not so yet; one statement where they are."""
    role, settled, tables = _shape()
    wanted = _digest(role, tables)
    if settled == wanted:
        return
    inner, outer = pads_of(key_from(settings.SECRET_KEY))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'gezhi_wall'::regclass"
        )
        owner, owns = cursor.fetchone()
        if not owns:
            return  # `faults` tells of it
        if owner != role:
            cursor.execute(_grants(role, tables.split(",")))
        cursor.execute(
            "INSERT INTO gezhi_wall (inner_pad, outer_pad, settled) VALUES (%s, %s, %s) ON CONFLICT (one)"
            " DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad, settled = excluded.settled",
            [inner, outer, wanted],
        )


def _shape() -> tuple[str, str | None, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege('gezhi_wall', 'settled', 'SELECT')")
        may_read = cursor.fetchone()[0]
        cursor.execute(SHAPE if may_read else SHAPE.replace("(SELECT settled FROM gezhi_wall)", "NULL"))
        role, settled, tables = cursor.fetchone()
    return role, settled, tables


def _digest(role: str, tables: str) -> str:
    key = key_from(settings.SECRET_KEY)
    said = "\n".join((role, tables, _grants(role, tables.split(",")), hashlib.sha256(key).hexdigest()))
    return hashlib.sha256(said.encode()).hexdigest()


def _grants(role: str, tables: Sequence[str]) -> str:
    name = connection.ops.quote_name(role)
    lines = [
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE ALL ON gezhi_wall FROM {name}",
        f"GRANT SELECT (settled) ON gezhi_wall TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}",
    ]
    for table, columns in APPEND_ONLY.items():
        if table in tables:
            lines.append(f"REVOKE UPDATE, DELETE ON {table} FROM {name}")
            lines += [f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {name}"] if columns else []
    for table, columns in LASTING.items():
        if table in tables:
            lines.append(f"REVOKE UPDATE ON {table} FROM {name}")
            lines.append(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {name}")
    return ";\n".join(lines)


def faults() -> list[str]:
    """Why the second wall does not stand, in words; empty where it does."""
    behind = list(BEHIND)
    with within(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(FAULTS, [behind, behind])
        is_super, bypasses, owns, policies, rewrites = cursor.fetchone()
        cursor.execute("SELECT gezhi_reach('all')")
        hears = cursor.fetchone()[0] == "1"
    return [
        words
        for is_so, words in (
            (is_super, "The node connects as a superuser, for whom PostgreSQL asks no policy."),
            (bypasses, "The node's role may bypass row-level security."),
            (owns, "The node connects as the owner of its tables, who may lift any policy."),
            (not policies, "A table with personal data has no policy in force."),
            (rewrites, "The node's role may remove entries of the ledger."),
            (
                not hears,
                "The database does not know the key with which this node signs how far a session reaches.",
            ),
        )
        if is_so
    ]
