import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_captured'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reporter',
            fields=[
                ('report_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('email', models.CharField(blank=True, max_length=200)),
                ('number', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Right(models.Func(models.F('phone'), models.Value('[^0-9]'), models.Value(''), models.Value('g'), function='regexp_replace'), 11), output_field=models.CharField(max_length=11))),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('number', ''), _negated=True), fields=['number', '-report_id'], name='reporter_by_number')],
            },
        ),
    ]
