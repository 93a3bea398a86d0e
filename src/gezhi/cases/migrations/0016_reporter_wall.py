"""Who reported is read only within a session's reach. The case says where the matter lies and who leads it.

Each `(SELECT ...)` is asked once for a statement, and only where the branches before it were not true.
"""

from django.db import migrations

UP = """
ALTER TABLE cases_reporter ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY within_reach ON cases_reporter USING (
    (SELECT gezhi_reach('all')) = '1'
    OR report_id = ANY ((SELECT gezhi_reach('reports')::bigint[])::bigint[])
    OR EXISTS (
        SELECT FROM cases_report r JOIN cases_case c ON c.id = r.case_id
        WHERE r.id = cases_reporter.report_id AND (
            c.id = ANY ((SELECT gezhi_reach('cases')::bigint[])::bigint[])
            OR EXISTS (
                SELECT FROM unnest(
                    (SELECT gezhi_reach('cleared_low')::text[])::text[],
                    (SELECT gezhi_reach('cleared_high')::text[])::text[]
                ) AS p(low, high) WHERE c.place_code >= p.low AND c.place_code < p.high
            )
            OR c.category <> ALL (coalesce((SELECT gezhi_reach('sealed')::text[])::text[], '{}')) AND (
                c.unit_id = ANY ((SELECT gezhi_reach('units')::bigint[])::bigint[])
                OR EXISTS (
                    SELECT FROM unnest(
                        (SELECT gezhi_reach('low')::text[])::text[], (SELECT gezhi_reach('high')::text[])::text[]
                    ) AS p(low, high) WHERE c.place_code >= p.low AND c.place_code < p.high
                )
            )
        )
    )
) WITH CHECK (true);
"""
DOWN = """
DROP POLICY within_reach ON cases_reporter;
ALTER TABLE cases_reporter NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0015_report_without_reporter'),
        ('people', '0010_reach'),
    ]

    operations = [migrations.RunSQL(UP, DOWN)]
