"""The two roles of an embedded database; those of another server are made by its owner and named by their URLs."""

OWNER, APP, SUPERUSER = "gezhi_owner", "gezhi_app", "postgres"
_ROLES = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN
        CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
        CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
END $$
"""
# What a server was set up with cannot be given away as a whole: each thing by itself, sequences with their tables.
_GIVE = f"""
DO $$ DECLARE thing record; BEGIN
    FOR thing IN
        SELECT 'TABLE' AS kind, c.oid::regclass::text AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
        UNION ALL
        SELECT 'SEQUENCE', c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
        )
        UNION ALL
        SELECT 'ROUTINE', p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'TYPE', t.oid::regtype::text FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.typnamespace = 'public'::regnamespace AND t.typelem = 0
            AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO {OWNER}', thing.kind, thing.name);
    END LOOP;
    ALTER SCHEMA public OWNER TO {OWNER};
    EXECUTE format('ALTER DATABASE %I OWNER TO {OWNER}', current_database());
END $$
"""
_OWNED_BY = """
SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database()
"""


def as_role(url: str, role: str) -> str:
    """The same database of an embedded server, for another of its roles."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(url, user=role)


def settle_roles(url: str) -> None:
    """Both roles, and the owner as owner of everything: also of what was made before there were two. `url`: of the
    superuser."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('gezhi.roles'))")
        if connection.execute(_OWNED_BY).fetchone() != (OWNER,):
            connection.execute(_ROLES)
            connection.execute(_GIVE)
