"""Doors that are called at, and what is known of them, are read within a session's reach alone."""

from django.db import migrations

UP = """
ALTER TABLE rounds_subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY within_reach ON rounds_subject USING (
    (SELECT gezhi_reach('all')) = '1'
    OR EXISTS (
        SELECT FROM unnest(
            (SELECT gezhi_reach('door_low')::text[])::text[], (SELECT gezhi_reach('door_high')::text[])::text[]
        ) AS p(low, high) WHERE place_code >= p.low AND place_code < p.high
    )
);
ALTER TABLE rounds_known ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY within_reach ON rounds_known USING (
    (SELECT gezhi_reach('all')) = '1'
    OR EXISTS (SELECT FROM rounds_subject s WHERE s.id = rounds_known.subject_id)  -- within its own policy
);
"""
DOWN = """
DROP POLICY within_reach ON rounds_known;
ALTER TABLE rounds_known NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY within_reach ON rounds_subject;
ALTER TABLE rounds_subject NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('rounds', '0001_initial'),
        ('people', '0010_reach'),
    ]

    operations = [migrations.RunSQL(UP, DOWN)]
