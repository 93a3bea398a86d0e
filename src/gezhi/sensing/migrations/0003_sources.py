from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sensing', '0002_readings'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=50, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('way', models.CharField(choices=[('gb28181', 'Gb28181'), ('camera', 'Camera'), ('scam', 'Scam')], max_length=10)),
                ('account_id', models.BigIntegerField(null=True)),
                ('secret', models.CharField(blank=True, max_length=400)),
                ('place_code', models.CharField(blank=True, max_length=16)),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('pictures', models.BooleanField(default=False)),
                ('picture_days', models.PositiveSmallIntegerField(default=7)),
                ('is_active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['account_id'], name='event_source_of_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account_id', None), ('way', 'gb28181'), models.Q(('secret', ''), _negated=True)), models.Q(models.Q(('way', 'gb28181'), _negated=True), ('account_id__isnull', False), ('secret', '')), _connector='OR'), name='event_source_proves_itself'), models.CheckConstraint(condition=models.Q(models.Q(('lat', None), ('lon', None)), models.Q(('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='event_source_point_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='EventTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(blank=True, max_length=50)),
                ('day', models.DateField()),
                ('fate', models.CharField(choices=[('opened', 'Opened'), ('joined', 'Joined'), ('again', 'Again'), ('heard', 'Heard'), ('person', 'Person'), ('invalid', 'Invalid'), ('picture', 'Picture'), ('mistrusted', 'Mistrusted'), ('too-many', 'Too Many')], max_length=12)),
                ('count', models.PositiveBigIntegerField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['-day'], name='event_tally_newest')],
                'constraints': [models.UniqueConstraint(fields=('source', 'day', 'fate'), name='event_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='Scene',
            fields=[
                ('key', models.UUIDField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=50)),
                ('until', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['until'], name='scene_over')],
            },
        ),
    ]
