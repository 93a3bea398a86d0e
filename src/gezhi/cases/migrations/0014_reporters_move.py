"""Who reported moves out of the reports, and back again where this is undone."""

from django.db import migrations

OUT = """
INSERT INTO cases_reporter (report_id, name, phone, email)
SELECT id, reporter_name, reporter_phone, reporter_email FROM cases_report
WHERE reporter_name <> '' OR reporter_phone <> '' OR reporter_email <> ''
"""
BACK = """
UPDATE cases_report r SET reporter_name = p.name, reporter_phone = p.phone, reporter_email = p.email
FROM cases_reporter p WHERE p.report_id = r.id;
DELETE FROM cases_reporter;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_reporter'),
    ]

    operations = [migrations.RunSQL(OUT, BACK)]
