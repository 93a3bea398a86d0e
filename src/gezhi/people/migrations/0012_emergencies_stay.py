"""An emergency look stays for six months, as every other look does."""

from django.db import migrations

UP = """
CREATE TRIGGER glass_stays BEFORE DELETE ON people_breakglass
    FOR EACH ROW EXECUTE FUNCTION people_append_only();
"""
DOWN = "DROP TRIGGER glass_stays ON people_breakglass;"


class Migration(migrations.Migration):
    dependencies = [("people", "0011_analyze")]

    operations = [migrations.RunSQL(UP, DOWN)]
