import django.contrib.postgres.indexes
from django.db import migrations

# The first wall before the tree: whoever writes past the actions is refused at once, where the tree would only tell.
GUARD = """
CREATE FUNCTION ledger_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What has a place in the ledger stays as it is (%)', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_stands BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW WHEN (OLD.tree_index IS NOT NULL) EXECUTE FUNCTION ledger_stands();
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON ledger_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ledger_stands();
CREATE TRIGGER checkpoint_stands BEFORE UPDATE ON ledger_checkpoint
    FOR EACH ROW WHEN (
        (OLD.size, OLD.root, OLD.at) IS DISTINCT FROM (NEW.size, NEW.root, NEW.at)
        OR NOT starts_with(NEW.note, OLD.note)
    ) EXECUTE FUNCTION ledger_stands();
"""
UNGUARD = """
DROP TRIGGER entry_stands ON ledger_entry;
DROP TRIGGER checkpoint_stays ON ledger_checkpoint;
DROP TRIGGER checkpoint_stands ON ledger_checkpoint;
DROP FUNCTION ledger_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_witnessed_logs")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["at"], name="entry_by_time", pages_per_range=32, autosummarize=True
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
