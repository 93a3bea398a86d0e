"""The index of looks keeps no pending list: what looks like a picture is asked word by word, and each would read it."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

NOW = GinIndex(
    condition=models.Q(look_bands__isnull=False),
    fastupdate=False,
    fields=["look_bands"],
    name="evidence_look",
)
SETTINGS = "ALTER INDEX evidence_look SET (fastupdate = off); SELECT gin_clean_pending_list('evidence_look')"


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_circles")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(SETTINGS, "ALTER INDEX evidence_look RESET (fastupdate)"),
            ],
            state_operations=[
                migrations.RemoveIndex("evidence", "evidence_look"),
                migrations.AddIndex("evidence", NOW),
            ],
        )
    ]
