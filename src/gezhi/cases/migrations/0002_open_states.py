"""States and openness go together: the planner is told, so that it walks the open cases of a state in order."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_tables")]
    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS case_open_states (mcv) ON is_open, state FROM cases_case",
            "DROP STATISTICS case_open_states",
        )
    ]
