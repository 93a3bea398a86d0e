import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sensing', '0004_warnings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('process', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('begun_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('counted', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('hj212', 'Hj212'), ('mqtt', 'Mqtt')], max_length=10)),
                ('key', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=120)),
                ('options', models.JSONField(default=dict)),
                ('secret', models.CharField(blank=True, max_length=600)),
                ('is_active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('thing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='sensing.thing')),
            ],
            options={
                'indexes': [models.Index(fields=['-changed_at'], name='feed_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('way', 'key'), name='feed_once'), models.CheckConstraint(condition=models.Q(models.Q(('thing__isnull', False), ('way', 'hj212')), models.Q(models.Q(('way', 'hj212'), _negated=True), ('thing', None)), _connector='OR'), name='feed_of_a_station_has_a_thing')],
            },
        ),
    ]
