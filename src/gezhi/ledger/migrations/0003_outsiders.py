from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_checkpoints")]

    operations = [
        migrations.CreateModel(
            name="Timestamp",
            fields=[
                ID,
                ("size", models.BigIntegerField(unique=True)),
                ("note", models.TextField()),
                ("reply", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("got_at", models.DateTimeField()),
                ("by", models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="Outsider",
            fields=[
                ID,
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                ("tried_at", models.DateTimeField()),
                ("vouched_at", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "name"), name="outsider_once")],
            },
        ),
    ]
