import django.db.models.deletion
import gezhi.lib.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_who_looked'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='made_by_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_id', models.BigIntegerField(null=True)),
                ('home_code', gezhi.lib.fields.PlaceCodeField(blank=True, db_collation='C', max_length=16)),
                ('case_id', models.BigIntegerField(null=True)),
                ('place_code', gezhi.lib.fields.PlaceCodeField(db_collation='C', max_length=16)),
                ('reason', models.TextField()),
                ('salt', models.BinaryField(max_length=16)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('review_by', models.DateTimeField()),
                ('late_at', models.DateTimeField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('reviewed_by_id', models.BigIntegerField(null=True)),
                ('accepted', models.BooleanField(null=True)),
                ('words', models.TextField(blank=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='glass', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['account', 'until'], name='glass_open'), models.Index(fields=['place_code', '-at'], name='glass_by_place'), models.Index(condition=models.Q(('late_at', None), ('reviewed_at', None)), fields=['review_by'], name='glass_to_review')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('at'))), name='glass_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('made_by_id', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by_id', models.BigIntegerField(null=True)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delegations', to='people.post')),
                ('to', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='held_for_others', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['to', 'valid_to'], name='delegation_running')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='delegation_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Nomination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('grid-worker', '网格员'), ('dispatcher', '派遣员'), ('handler', '处置员'), ('verifier', '核查员'), ('supervisor', '督查员'), ('leader', '领导'), ('data-steward', '数据专管员'), ('auditor', '审计员'), ('administrator', '管理员'), ('operator', '话务员')], max_length=20)),
                ('place_code', gezhi.lib.fields.PlaceCodeField(db_collation='C', max_length=16)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('reason', models.CharField(max_length=300)),
                ('asked_by_id', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('decided_by_id', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('granted', models.BooleanField(null=True)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('post_id', models.BigIntegerField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['place_code', '-asked_at'], name='nomination_by_place')],
            },
        ),
    ]
