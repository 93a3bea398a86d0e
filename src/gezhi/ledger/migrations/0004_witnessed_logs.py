from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_outsiders")]

    operations = [
        migrations.CreateModel(
            name="WitnessedLog",
            fields=[
                ID,
                ("origin", models.CharField(max_length=200, unique=True)),
                ("keys", models.TextField(blank=True)),
                ("size", models.BigIntegerField(default=0)),
                ("root", models.BinaryField(max_length=32, null=True)),
                ("note", models.TextField(blank=True)),
                ("cosigned_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LogFault",
            fields=[
                ID,
                ("origin", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("cosigned", models.TextField()),
                ("submitted", models.TextField()),
            ],
            options={"indexes": [models.Index(fields=["origin", "-id"], name="fault_of_log")]},
        ),
    ]
