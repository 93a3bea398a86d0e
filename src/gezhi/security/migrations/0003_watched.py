from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('security', '0002_warnings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Watched',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('rules', models.IntegerField()),
                ('milliseconds', models.IntegerField()),
            ],
        ),
    ]
