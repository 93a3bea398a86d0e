"""What reporters were told is read by whoever said the report, by whoever wrote it down for them, and by jobs."""

from django.db import migrations

UP = """
ALTER TABLE notices_notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY within_reach ON notices_notice USING (
    (SELECT gezhi_reach('all')) = '1'
    OR report_id = ANY ((SELECT gezhi_reach('reports')::bigint[])::bigint[])
) WITH CHECK (true);
"""
DOWN = """
DROP POLICY within_reach ON notices_notice;
ALTER TABLE notices_notice NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_tables'),
        ('people', '0010_reach'),
    ]

    operations = [migrations.RunSQL(UP, DOWN)]
