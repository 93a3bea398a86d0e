import django.contrib.postgres.fields
import gezhi.lib.fields
from django.db import migrations, models

# A row may lose what is personal in it and nothing else, and goes after six months at the earliest: the Cybersecurity
# Law asks for logs of no fewer.
GUARD = r"""
CREATE FUNCTION people_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb;
    name text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at > now() - interval '6 months' THEN
            RAISE EXCEPTION '% keeps its rows for six months', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    becomes := to_jsonb(NEW);
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF becomes -> name <> was -> name AND becomes ->> name NOT IN ('', '{}', '\x') THEN
            RAISE EXCEPTION '% may only lose its %', TG_TABLE_NAME, name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF becomes - TG_ARGV <> was - TG_ARGV THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lookup_append_only BEFORE UPDATE OR DELETE ON people_lookup
    FOR EACH ROW EXECUTE FUNCTION people_append_only('reason', 'address', 'salt');
CREATE TRIGGER signal_append_only BEFORE UPDATE OR DELETE ON people_signal
    FOR EACH ROW EXECUTE FUNCTION people_append_only('facts', 'address', 'salt');
"""
UNGUARD = """
DROP TRIGGER lookup_append_only ON people_lookup;
DROP TRIGGER signal_append_only ON people_signal;
DROP FUNCTION people_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_lists_and_contracts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lookup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('account_id', models.BigIntegerField()),
                ('post_id', models.BigIntegerField(null=True)),
                ('purpose', models.CharField(max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('subject_kind', models.CharField(max_length=20)),
                ('subject_id', models.BigIntegerField()),
                ('case_id', models.BigIntegerField(null=True)),
                ('place_code', gezhi.lib.fields.PlaceCodeField(blank=True, db_collation='C', max_length=16)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('grade', models.SmallIntegerField()),
                ('way', models.CharField(max_length=12)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('shown_until', models.DateTimeField(null=True)),
                ('break_glass_id', models.BigIntegerField(null=True)),
                ('salt', models.BinaryField(max_length=16)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', '-at'], name='lookup_of_subject'), models.Index(fields=['account_id', '-at'], name='lookup_by_account'), models.Index(fields=['-at', '-id'], name='lookup_newest'), models.Index(fields=['place_code', '-at'], name='lookup_by_place'), models.Index(condition=models.Q(('shown_until__isnull', False)), fields=['account_id', 'case_id', 'shown_until'], name='lookup_shown'), models.Index(condition=models.Q(('break_glass_id__isnull', False)), fields=['break_glass_id'], name='lookup_break_glass')],
                'constraints': [models.CheckConstraint(condition=models.Q(('grade__range', (1, 4))), name='lookup_grade')],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('account_id', models.BigIntegerField(null=True)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('facts', models.JSONField(default=dict)),
                ('salt', models.BinaryField(max_length=16)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', '-at'], name='signal_by_kind'), models.Index(condition=models.Q(('account_id__isnull', False)), fields=['account_id', '-at'], name='signal_by_account'), models.Index(condition=models.Q(('address', ''), _negated=True), fields=['address', '-at'], name='signal_by_address'), models.Index(fields=['-at', '-id'], name='signal_newest')],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
