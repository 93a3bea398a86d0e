"""Where a case came from, what is open where, and a word to whoever listens when events are committed."""

from django.db import migrations, models

TELL = """
CREATE FUNCTION cases_tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := (SELECT min(id) || ' ' || max(id) FROM fresh);
BEGIN
    IF told IS NOT NULL THEN
        PERFORM pg_notify('case_events', told);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_tell AFTER INSERT ON cases_caseevent
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION cases_tell();
"""
SOURCES = """
UPDATE cases_case c SET source = left(split_part(r.source, ':', 1), 20)
FROM (SELECT DISTINCT ON (case_id) case_id, source FROM cases_report ORDER BY case_id, id) r
WHERE r.case_id = c.id AND c.parent_id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_evidence_look'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='source',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.RunSQL(SOURCES, migrations.RunSQL.noop),
        migrations.RunSQL(TELL, "DROP TRIGGER cases_tell ON cases_caseevent; DROP FUNCTION cases_tell"),
    ]
