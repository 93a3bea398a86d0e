"""After an erasure PostgreSQL looks at a table again, so that its samples of common values forget what is gone. Only an
owner may ask for that, so the owner lends this."""

from django.db import migrations

UP = """
CREATE FUNCTION gezhi_analyze(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE %s', name::regclass);
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0010_reach'),
    ]

    operations = [migrations.RunSQL(UP, "DROP FUNCTION gezhi_analyze(text)")]
