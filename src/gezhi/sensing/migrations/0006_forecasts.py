"""Days of readings in files, forecasters and what they said."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sensing', '0005_feeds'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArchivedDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('file', models.CharField(max_length=60)),
                ('rows', models.BigIntegerField()),
                ('bytes', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('holds', models.BinaryField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TrainedForecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('code', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('threshold', models.FloatField()),
                ('series', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('content', models.BinaryField(null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('tested_from', models.DateTimeField(null=True)),
                ('tested_until', models.DateTimeField(null=True)),
                ('skills', models.JSONField(default=list)),
                ('fault', models.CharField(blank=True, max_length=400)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'code', '-made_at'], name='forecaster_newest')],
            },
        ),
        migrations.CreateModel(
            name='ForecastRow',
            fields=[
                ('pk', models.CompositePrimaryKey('datastream_id', 'made_at', 'hours', blank=True, editable=False, primary_key=True, serialize=False)),
                ('datastream_id', models.IntegerField()),
                ('made_at', models.DateTimeField()),
                ('hours', models.SmallIntegerField()),
                ('due_at', models.DateTimeField()),
                ('value', models.FloatField()),
                ('low', models.FloatField()),
                ('high', models.FloatField()),
                ('chance', models.FloatField(null=True)),
                ('warns', models.BooleanField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sensing.trainedforecast')),
            ],
            options={
                'db_table': 'sensing_forecast',
                'indexes': [models.Index(fields=['due_at'], name='forecast_due')],
            },
        ),
    ]
