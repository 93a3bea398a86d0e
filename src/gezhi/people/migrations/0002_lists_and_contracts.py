import django.contrib.postgres.fields
import django.db.models.deletion
import gezhi.lib.fields
from django.db import migrations, models
from django.utils import timezone


def number_what_is_there(apps, schema_editor):
    """Lists that were loaded before editions existed are the first edition."""
    added = sum(apps.get_model("people", name).objects.count() for name in ("Responsibility", "Admission"))
    if added:
        apps.get_model("people", "ListEdition").objects.create(
            number=1, made_at=timezone.now(), basis="lists loaded before editions", added=added, ended=0
        )


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('places', django.contrib.postgres.fields.ArrayField(base_field=gezhi.lib.fields.PlaceCodeField(db_collation='C', max_length=16), size=None)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('functions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('price_kind', models.CharField(choices=[('per-matter', '按件计价'), ('lump-sum', '总价包干')], max_length=12)),
                ('cents', models.BigIntegerField()),
                ('quality', models.TextField(blank=True)),
                ('method', models.CharField(choices=[('open-tender', '公开招标'), ('invited-tender', '邀请招标'), ('negotiation', '竞争性谈判'), ('consultation', '竞争性磋商'), ('inquiry', '询价'), ('single-source', '单一来源采购'), ('framework', '框架协议采购'), ('below-threshold', '限额以下采购')], max_length=20)),
                ('candidates', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('reason', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('account_id', models.BigIntegerField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('end_reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='ListEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(unique=True)),
                ('made_at', models.DateTimeField()),
                ('basis', models.CharField(max_length=300)),
                ('account_id', models.BigIntegerField(null=True)),
                ('case_number', models.CharField(blank=True, max_length=24)),
                ('added', models.IntegerField()),
                ('ended', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='QualityMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_id', models.BigIntegerField()),
                ('mark', models.SmallIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('account_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='admission',
            name='admission_once',
        ),
        migrations.RemoveConstraint(
            model_name='responsibility',
            name='responsibility_once',
        ),
        migrations.AddField(
            model_name='admission',
            name='article',
            field=models.CharField(blank=True, db_default='', max_length=60),
        ),
        migrations.AddField(
            model_name='admission',
            name='edition_from',
            field=models.IntegerField(db_default=1),
        ),
        migrations.AddField(
            model_name='admission',
            name='edition_to',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='admission',
            name='law',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='article',
            field=models.CharField(blank=True, db_default='', max_length=60),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='edition_from',
            field=models.IntegerField(db_default=1),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='edition_to',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='law',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='unit',
            name='kind',
            field=models.CharField(choices=[('office', '部门'), ('community', '社区（村）'), ('centre', '中心'), ('contractor', '外包单位')], db_default='office', default='office', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='admission',
            constraint=models.UniqueConstraint(condition=models.Q(('edition_to', None)), fields=('category', 'place_code', 'valid_from'), name='admission_once'),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.UniqueConstraint(condition=models.Q(('edition_to', None)), fields=('category', 'level', 'valid_from'), name='responsibility_once'),
        ),
        migrations.AddField(
            model_name='contract',
            name='ordered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ordered', to='people.unit'),
        ),
        migrations.AddField(
            model_name='contract',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='people.unit'),
        ),
        migrations.AddField(
            model_name='qualitymark',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='people.contract'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['valid_from', 'valid_to'], name='contract_in_force'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='contract_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('cents__gte', 0)), name='contract_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='qualitymark',
            constraint=models.UniqueConstraint(fields=('contract', 'case_id'), name='mark_once'),
        ),
        migrations.AddConstraint(
            model_name='qualitymark',
            constraint=models.CheckConstraint(condition=models.Q(('mark__range', (1, 5))), name='mark_from_1_to_5'),
        ),
        migrations.RunPython(number_what_is_there, migrations.RunPython.noop),
    ]
