"""What the policies of tables with personal data ask: how far the session reaches (gezhi.lib.reach).

`gezhi_wall` holds the key in the two halves of an HMAC (RFC 2104); only the owner reads it, and the function below,
which runs as the owner and believes no session that did not sign with it.
"""

from django.db import migrations

WALL = """
CREATE TABLE gezhi_wall (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    settled text NOT NULL
);
CREATE FUNCTION gezhi_reach(part text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said text := current_setting('gezhi.reach', true);
    words text := substr(said, 66);
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM gezhi_wall w WHERE left(said, 64) =
        encode(sha256(w.outer_pad || sha256(w.inner_pad || convert_to(words, 'UTF8'))), 'hex');
    RETURN CASE WHEN FOUND THEN words::jsonb ->> part END;
END
$$;
"""
NO_WALL = """
DROP FUNCTION gezhi_reach(text);
DROP TABLE gezhi_wall;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0009_key_last_used'),
    ]

    operations = [migrations.RunSQL(WALL, NO_WALL)]
